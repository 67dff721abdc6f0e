"""The history of runs and batches: of this computer (the emulator's) and of a stage in AWS, read in the same way."""
