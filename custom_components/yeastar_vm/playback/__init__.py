"""From a link of the PBX to a player."""
