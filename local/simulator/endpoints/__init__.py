"""The API's endpoints: what each answers, a module for each idea (contract sections 2 to 7)."""
