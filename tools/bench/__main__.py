"""Run the measurements: ``python -m tools.bench``."""

import signal

# Ctrl-C while the modules are loading: there is nothing yet to stop or to tell.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import asyncio  # noqa: E402
import sys  # noqa: E402

from homeassistant.runner import create_event_loop  # noqa: E402

from .command import run  # noqa: E402

if __name__ == "__main__":
    with asyncio.Runner(loop_factory=create_event_loop) as runner:
        sys.exit(runner.run(run(sys.argv[1:])))
