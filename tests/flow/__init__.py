"""The flows of the user interface."""
