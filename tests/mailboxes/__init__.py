"""Mailboxes: their entities, events and actions."""
