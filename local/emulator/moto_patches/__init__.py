"""Patches of moto, a module for each subject, where it differs from AWS or is slow (emulator/PLATFORM.md "Patches")."""
