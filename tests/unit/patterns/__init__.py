"""Regular expressions: how long they take on what somebody writes to make them slow."""
