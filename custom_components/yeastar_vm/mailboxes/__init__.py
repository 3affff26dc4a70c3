"""Mailboxes: the boxes whose messages Home Assistant sees."""
