"""The check of a PBX for developers: without a Home Assistant that runs."""
