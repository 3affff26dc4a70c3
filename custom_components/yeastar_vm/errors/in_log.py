"""Errors of the libraries in the log."""

from typing import Final

from ..library import LibraryError
from ..pbx import InvalidResponse, NoAudio

CHECK_IT: Final = "; select Configure for the PBX, then Check the PBX"


def in_log(err: LibraryError) -> str:
    """Return what an error says, and what to do about an answer that was refused."""
    refused = isinstance(err, InvalidResponse | NoAudio)
    return f"{err}{CHECK_IT}" if refused else str(err)
