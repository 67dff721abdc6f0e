"""The warehouse: a SQLite file with sales, what is selected from it and the tables that are written."""
