"""The documents of the tests are compared in every whole run, and written on demand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from .documents import PROPERTY, Documents
from .faults import document
from .faults.changes import CHANGES, TROUBLES
from .faults.document import found, found_of_change
from .faults.mailbox_cases import ROWS_OF_ALL, cases_of
from .faults.mailbox_shown import Place, promised_shown
from .faults.mailbox_tables import found_of_mailboxes
from .faults.outcomes import Outcome
from .faults.rows import ROWS

PASSED: dict[str, Any] = {"keywords": {}, "outcome": "passed", "longrepr": None}


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the page, which is not current."""
    path = tmp_path / "reliability.md"
    path.write_text("old\n", "utf-8")
    monkeypatch.setattr(document, "PATH", path)
    return path


def report(documents: Documents, findings: dict[str, Any]) -> None:
    """Report what one test found."""
    documents.pytest_runtest_logreport(
        pytest.TestReport(
            nodeid="",
            location=("", None, ""),
            when="teardown",
            user_properties=[(PROPERTY, findings)],
            **PASSED,
        )
    )


def run(documents: Documents, page: Path, *, rows: int = len(ROWS)) -> int:
    """Report what tests found of some rows; return the exit status of the session."""
    for row in ROWS[:rows]:
        for fault in row.faults:
            outcomes = [
                Outcome(case.endpoint, case.side, "", "", 0)
                for case in row.cases(fault)
            ]
            report(documents, found(row, fault, outcomes))
    for row in ROWS_OF_ALL:
        for fault in row.faults:
            texts = {str(case): "" for case in cases_of(row, fault)}
            report(documents, found_of_mailboxes(row, fault, said=texts))
        shown = [promised_shown(row.promise, place) for place in Place]
        report(documents, found_of_mailboxes(row, row.faults[0], shown=shown))
    for trouble in TROUBLES:
        said = {change.action: "" for change in CHANGES}
        report(documents, found_of_change(trouble, said))
    session: Any = SimpleNamespace(
        config=SimpleNamespace(rootpath=page.parent), exitstatus=0
    )
    documents.pytest_sessionfinish(session)
    return int(session.exitstatus)


def test_a_page_that_is_not_current_fails_the_run(page: Path) -> None:
    """It is not written as if that were nothing."""
    assert run(Documents(write=False), page) == 1
    assert page.read_text("utf-8") == "old\n"


def test_a_page_is_written_on_demand(page: Path) -> None:
    """And is current then."""
    assert run(Documents(write=True), page) == 0
    assert page.read_text("utf-8").startswith("# What happens when the PBX")
    assert run(Documents(write=False), page) == 0


@pytest.mark.parametrize("write", [False, True])
def test_a_part_of_the_faults_says_nothing_of_the_page(page: Path, write: bool) -> None:
    """As when some of the tests are run alone, or failed."""
    assert run(Documents(write=write), page, rows=3) == 0
    assert page.read_text("utf-8") == "old\n"
