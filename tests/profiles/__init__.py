"""What holds on a PBX of each profile."""
