"""Errors in the words of the user, and repair issues."""
