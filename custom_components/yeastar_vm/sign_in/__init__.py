"""How Home Assistant is signed in to a PBX."""
