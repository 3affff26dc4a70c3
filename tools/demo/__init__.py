"""A whole system on one machine: simulated PBX, Home Assistant, and a real player.

``python -m tools.demo`` starts it, tries greetings and messages, and checks what was
heard.
"""
