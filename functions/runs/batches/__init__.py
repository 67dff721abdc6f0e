"""What is known of a batch while it goes on, as pure rules: no clock, no storage."""
