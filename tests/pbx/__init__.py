"""The PBX library by itself."""
