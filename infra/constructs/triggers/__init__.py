"""What starts runs: schedules, uploads and messages as AWS resources."""
