"""Settings of the stages: a TOML file for each stage, its schema, and the code that reads it."""
