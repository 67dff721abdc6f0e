"""What is deployed to Lambda: one handler module for each step, the Library client, the run's own data."""
