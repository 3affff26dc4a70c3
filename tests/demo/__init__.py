"""A whole system on one machine: simulated PBX, Home Assistant, and a real player.

``python -m tests.demo`` starts it, plays a greeting and checks what was heard.
"""
