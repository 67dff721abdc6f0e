"""What runs have left behind, kind by kind: how it is recognised, and how it is removed."""
