"""The system on one machine: the simulator of MicroStrategy Library, the emulator of AWS, the command line."""
