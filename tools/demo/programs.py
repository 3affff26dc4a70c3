"""The programs that the demo needs, as scripts/install-programs installs them."""

import shutil

from .demo_speech.hearing import MODEL
from .errors import DemoError

# By the package of Debian.
_PROGRAMS = {
    "mpd": "mpd",
    "espeak-ng": "espeak-ng",
    "pocketsphinx": "pocketsphinx_batch",
}
_MODEL_PACKAGE = "pocketsphinx-en-us"


def require_programs() -> None:
    """Raise DemoError where one is not installed, or what it needs."""
    missing = [
        package for package, program in _PROGRAMS.items() if not shutil.which(program)
    ]
    if not MODEL.is_dir():
        missing.append(_MODEL_PACKAGE)
    if missing:
        packages = " ".join(missing)
        raise DemoError(f"not installed: run 'sudo apt-get install {packages}'")
