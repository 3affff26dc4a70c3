"""The life of a config entry."""
