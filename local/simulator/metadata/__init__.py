"""What the simulated project holds: places, schema objects, definitions."""
