"""The check of a PBX: what works, and a record of its answers that can be shared.

Nothing here knows Home Assistant.
"""
