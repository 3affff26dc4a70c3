"""Tests of what a browser gets."""
