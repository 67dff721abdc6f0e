"""The API's endpoints, a module for each subject (API.md 2 to 7)."""
