"""Tests of the check of a PBX."""
