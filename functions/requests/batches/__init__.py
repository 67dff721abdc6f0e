"""Batches of datamarts, as people write them: JSON or CSV, checked as a whole."""
