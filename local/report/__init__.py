"""What is known of one run or batch, put together from its record, its execution and its log. Knows no terminal."""
