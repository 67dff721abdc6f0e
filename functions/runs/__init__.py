"""The run: what a user asks for, what is known of it while it goes on, and how it ends (DESIGN.md "The run")."""
