"""Named batches: one JSON file each, and the checks that they pass at synth."""
