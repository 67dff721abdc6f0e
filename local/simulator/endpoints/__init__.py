"""The API's endpoints: what each answers, a module for each idea (API.md 2 to 7)."""
