"""Run tests on a change, each in a process that has loaded Home Assistant before.

No file is changed: the process gets the changed source in place of the module's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
import importlib
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
import multiprocessing
from multiprocessing.connection import Connection, wait
import os
from pathlib import Path
import signal
import sys
import time
from types import CodeType
from typing import Final, override

import pytest

from .changes import Change
from .tree import CACHE, INTEGRATION, TREE, source

# The test plugin comes first: it changes how Home Assistant asks for the time.
_LOADED: Final = (
    "pytest_homeassistant_custom_component.plugins",
    "homeassistant.components.automation",
    "homeassistant.components.ffmpeg",
    "homeassistant.components.media_player",
    "homeassistant.components.media_source",
    "homeassistant.components.stt",
    "homeassistant.components.websocket_api",
    "hypothesis",
    "xdist",
)
_LOADED_BEFORE: Final = "ignore:Module already imported"
_FORK: Final = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Trial:
    """Tests to run on a change, or on none, and how long that may take in seconds.

    The tests are those of `paths`, or some of them in this order.
    """

    change: Change | None
    timeout: float
    paths: Sequence[str]
    tests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a trial: the tests that failed, or another reason to notice it."""

    trial: Trial
    failed: Sequence[str] = ()
    reason: str = ""

    @property
    def is_noticed(self) -> bool:
        """Return whether the tests noticed the change."""
        return bool(self.failed or self.reason)


def run(trials: Iterable[Trial], jobs: int) -> Iterator[Outcome]:
    """Yield what became of each trial, in the order in which they end."""
    for name in _LOADED:
        importlib.import_module(name)
    waiting, running = iter(trials), dict[Connection, _Run]()
    try:
        while True:
            while len(running) < jobs and (trial := next(waiting, None)):
                started = _Run(trial)
                running[started.connection] = started
            if not running:
                return
            until = min(each.until for each in running.values())
            ready = wait(list(running), max(until - time.monotonic(), 0))
            late = [each for each in running.values() if each.until <= time.monotonic()]
            for connection in {*ready, *(each.connection for each in late)}:
                assert isinstance(connection, Connection)
                yield running.pop(connection).end()
    finally:
        for each in running.values():
            each.end()


class _Run:
    """A trial that runs in a process group of its own."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.until = time.monotonic() + trial.timeout
        self.connection, theirs = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=_in_process, args=(trial, theirs))
        self._process.start()
        theirs.close()

    def end(self) -> Outcome:
        """Return what became of it, and end whatever it started."""
        outcome = Outcome(self.trial, reason="too slow")
        if self.connection.poll():
            try:
                failed, reason = self.connection.recv()
                outcome = Outcome(self.trial, failed, reason)
            except EOFError:
                outcome = Outcome(self.trial, reason="the process ended")
        assert self._process.pid is not None
        self._process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        self.connection.close()
        return outcome


def _in_process(trial: Trial, connection: Connection) -> None:
    os.setpgid(0, 0)
    log = os.open(CACHE / "last.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.chdir(TREE)
    sys.path[0] = str(TREE)
    # The tests import the tools of the copy.
    for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
        del sys.modules[name]
    if trial.change:
        sys.meta_path.insert(0, _Changed(trial.change))
    chosen = _Chosen(trial.tests)
    arguments = ["-q", "-p", "no:cacheprovider", "-W", _LOADED_BEFORE]
    if trial.change:
        # One test that notices it is enough.
        arguments.append("-x")
    status = pytest.main([*arguments, *trial.paths], plugins=[chosen])
    reason = "" if status in _COMPLETE else f"pytest ended with {status}"
    connection.send((chosen.failed, reason))
    os._exit(0)


_COMPLETE: Final = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


class _Chosen:
    """Lets pytest run the chosen tests, in their order: a plugin."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.failed: list[str] = []
        self._order = {test: order for order, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose the tests."""
        if self._order:
            chosen = [item for item in items if item.nodeid in self._order]
            items[:] = sorted(chosen, key=lambda item: self._order[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails."""
        if report.failed:
            self.failed.append(report.nodeid)


class _Changed(MetaPathFinder):
    """Finds the changed module."""

    def __init__(self, change: Change) -> None:
        self._path = TREE / INTEGRATION / change.module
        self._name = _imported_as(INTEGRATION / change.module)
        self._source = change.apply(source(change.module))

    @override
    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> ModuleSpec | None:
        """Return where the module comes from."""
        if fullname != self._name:
            return None
        return spec_from_file_location(
            fullname,
            self._path,
            loader=_Loader(fullname, str(self._path), self._source),
        )


class _Loader(SourceFileLoader):
    """Loads the changed source of a module, and leaves what is compiled alone."""

    def __init__(self, fullname: str, path: str, source: bytes) -> None:
        super().__init__(fullname, path)
        self._source = source

    @override
    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the changed source."""
        return self.source_to_code(self._source, self.path)


def _imported_as(module: Path) -> str:
    parts = module.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
