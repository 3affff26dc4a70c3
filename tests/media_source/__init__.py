"""The media source."""
