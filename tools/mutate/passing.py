"""Note how long each test took that passed: a plugin of pytest."""

from collections import defaultdict
import json
import os
from pathlib import Path

import pytest

FILE = "MUTATE_PASSING"


class Passing:
    """Gathers it in the process that the workers report to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds = defaultdict[str, float](float)
        self._others = set[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a test took to set up, to run, and to end."""
        self._seconds[report.nodeid] += report.duration
        if not report.passed:
            self._others.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write it."""
        passed = self._seconds.keys() - self._others
        seconds = {test: self._seconds[test] for test in sorted(passed)}
        self._file.write_text(json.dumps(seconds), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Gather what all workers report."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Passing(Path(os.environ[FILE])))
