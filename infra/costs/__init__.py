"""What a run takes of AWS, and what that costs: counts as formulas, and dated prices."""
