"""Play on real players: ``python -m tools.players``."""

import signal

# Ctrl-C while the modules are loading: there is nothing yet to stop or to tell.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio  # noqa: E402
import sys  # noqa: E402

from .command import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1:])))
