"""HTTP requests to one PBX."""
