"""Reports the end of a run: an event for machines, a notification for people (DESIGN.md "Ending")."""
