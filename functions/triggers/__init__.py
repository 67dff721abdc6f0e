"""From an event as AWS delivers it to the runs that it starts (DESIGN.md "Starting")."""
