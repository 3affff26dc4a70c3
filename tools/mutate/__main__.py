"""Run the changes: ``python -m tools.mutate``."""

import signal

# Ctrl-C while the modules are loading: there is nothing yet to stop or to tell.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import sys  # noqa: E402

from .command import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
