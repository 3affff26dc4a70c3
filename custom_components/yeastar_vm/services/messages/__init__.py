"""The actions of messages."""
