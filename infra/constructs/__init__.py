"""The stack's AWS resources, a module for each idea."""
