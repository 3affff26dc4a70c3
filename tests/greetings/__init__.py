"""Greetings as automations change them: upload, record, rename and delete."""
