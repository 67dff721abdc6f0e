"""Patches of moto 5.2.5, where it differs from AWS or is slow (emulator/PLATFORM.md "Patches")."""
