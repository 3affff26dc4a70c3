"""Greetings on real players: what is heard, and what Home Assistant shows.

``python -m tools.players`` starts a simulated PBX, Home Assistant, and one player after
the other, plays greetings on each, records what comes out, and writes docs/players.md.
"""
