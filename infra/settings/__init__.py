"""A stage's settings: one TOML file each, and what may stand in it."""
