"""What a user gets while the PBX or the network fails."""
