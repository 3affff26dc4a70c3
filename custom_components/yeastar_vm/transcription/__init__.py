"""Messages as text, by any speech-to-text entity of Home Assistant."""

from .transcribe import Transcript, async_check_engine, async_transcribe

__all__ = ["Transcript", "async_check_engine", "async_transcribe"]
