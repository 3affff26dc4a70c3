"""Keep the documents current that tests find out: a plugin of pytest.

A whole run fails where `docs/reliability.md` is not what it found. `--write-docs`
writes it instead.
"""

from collections.abc import Mapping
from difflib import unified_diff
from itertools import islice
from typing import Any, Final

import pytest

OPTION: Final = "--write-docs"
PROPERTY: Final = "outcomes"
_LINES: Final = 20  # of a difference


def record(request: pytest.FixtureRequest, found: Mapping[str, Any]) -> None:
    """Note what a test found, in builtin types: workers send it to their controller."""
    request.node.user_properties.append((PROPERTY, found))


class Documents:
    """Gathers what tests find, and sees to the document when all are done."""

    def __init__(self, *, write: bool) -> None:
        """Write the document, or compare it."""
        self._write = write
        self._found: list[Mapping[str, Any]] = []
        self._said = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test that passed has found."""
        if report.when == "teardown" and report.passed:
            self._found += (
                value
                for name, value in report.user_properties
                if name == PROPERTY and isinstance(value, Mapping)
            )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write or compare, if all of it was found."""
        if not self._found:
            return
        # What it needs is needed by these tests alone.
        from .faults.document import PATH, document, findings_of  # noqa: PLC0415

        findings = findings_of(self._found)
        name = PATH.relative_to(session.config.rootpath)
        if findings is None:
            if self._write:
                self._said = f"{name} is not written: not all of its tests passed"
            return
        page, before = document(findings), PATH.read_text("utf-8")
        if page == before:
            return
        if self._write:
            PATH.write_text(page, "utf-8")
            self._said = f"{name} is written"
            return
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        difference = unified_diff(before.splitlines(), page.splitlines(), lineterm="")
        self._said = "\n".join(
            [
                f"{name} is not current; write it with: scripts/test {OPTION}",
                *islice(difference, 2, _LINES),
            ]
        )

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Say what became of the document."""
        if self._said:
            terminalreporter.section("documents")
            terminalreporter.write_line(self._said)
