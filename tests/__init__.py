"""Tests of yeastar_vm, and what they need."""
