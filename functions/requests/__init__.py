"""What people write, checked: requests, named jobs, placeholders, the connection's secret."""
