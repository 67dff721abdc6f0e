"""What others are told of the end of a run: an event for machines, a notice for people (DESIGN.md "Ending")."""
