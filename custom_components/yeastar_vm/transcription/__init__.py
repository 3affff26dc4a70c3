"""Messages as text, by any speech-to-text entity of Home Assistant."""

from .texts import ShownTexts
from .transcribe import async_engine_language
from .transcriber import Transcriber

__all__ = ["ShownTexts", "Transcriber", "async_engine_language"]
