"""The same system on one machine: the simulator, the twin of AWS, the command line."""
