"""The same system on one machine: the simulator, the emulator of AWS, the command line."""
