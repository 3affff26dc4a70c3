"""The tables of the document that are about mailboxes.

Faults that come to the same share their lines.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .home import TEXTS
from .mailbox_cases import CASES, ROWS_OF_ALL
from .mailbox_shown import Place, Shown
from .rows import ROWS, Row
from .tables import general, sentence, table
from .troubles import Trouble


@dataclass
class MailboxFindings:
    """What was said of each fault, by case, and what was shown of the first ones."""

    said: dict[tuple[Row, Trouble], Mapping[str, str]] = field(default_factory=dict)
    shown: dict[Row, list[Shown]] = field(default_factory=dict)

    def add(self, part: Mapping[str, Any]) -> None:
        """Add what a test found."""
        number, fault = part["mailboxes"]
        row = ROWS[number]
        if part["said"]:
            self.said[row, row.faults[fault]] = part["said"]
        if part["shown"]:
            self.shown[row] = [
                Shown(**{**each, "place": Place(each["place"])})
                for each in part["shown"]
            ]

    @property
    def is_whole(self) -> bool:
        """Return whether everything was tried."""
        every = {(row, fault) for row in ROWS_OF_ALL for fault in row.faults}
        return self.said.keys() == every and self.shown.keys() == {*ROWS_OF_ALL}

    @property
    def cases(self) -> int:
        """Return how many cases were tried."""
        counts = [*map(len, self.said.values()), *map(len, self.shown.values())]
        return sum(counts)


def found_of_mailboxes(
    row: Row,
    fault: Trouble,
    *,
    said: Mapping[str, str] | None = None,
    shown: Iterable[Shown] = (),
) -> dict[str, Any]:
    """Return what came of a fault, in builtin types."""
    return {
        "mailboxes": [ROWS.index(row), row.faults.index(fault)],
        "said": dict(said or {}),
        "shown": [{**asdict(each), "place": each.place.value} for each in shown],
    }


def shown_table(findings: MailboxFindings) -> str:
    """Return what the entities show, as a table."""
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for row in ROWS_OF_ALL:
        lines = tuple(_shown_lines(findings.shown[row]))
        groups.setdefault(lines, []).append(row.what)
    header = ("What goes wrong", "Where", "Messages", "Presence", "Home Assistant asks")
    return _table(header, groups)


def said_table(findings: MailboxFindings) -> str:
    """Return what is said of what is done, as a table."""
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for row in ROWS_OF_ALL:
        lines = tuple(_said_lines(findings.said[row, row.faults[0]]))
        groups.setdefault(lines, []).append(row.what)
    return _table(("What goes wrong", "At", "What is said"), groups)


def _table(
    header: tuple[str, ...], groups: Mapping[tuple[tuple[str, ...], ...], list[str]]
) -> str:
    rows: list[tuple[str, ...]] = []
    for lines, faults in groups.items():
        for number, line in enumerate(lines):
            rows.append(("<br>".join(faults) if number == 0 else "", *line))
    return table(header, rows)


def _shown_lines(shown: Iterable[Shown]) -> Iterator[tuple[str, ...]]:
    places: dict[tuple[str, ...], list[str]] = {}
    for each in shown:
        texts: tuple[str, ...] = (
            "as they are" if each.messages else "unavailable",
            "as it is" if each.presence else "unavailable",
            _asked(each),
        )
        places.setdefault(texts, []).append(each.place.value)
    for texts, where in places.items():
        yield (", ".join(where), *texts)


def _asked(shown: Shown) -> str:
    titles = [
        TEXTS["issues"][key]["title"].format(name="PBX", mailbox="…")
        for key in shown.repairs
    ]
    if shown.sign_in:
        titles.append("to sign in again")
    return ", ".join(titles) or "—"


def _said_lines(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield where it is said, and what; what is said at most requests comes last."""
    where: dict[str, list[str]] = {}
    for case, text in said.items():
        where.setdefault(sentence(general(text)), []).append(case)
    for text, cases in sorted(where.items(), key=lambda each: len(each[1])):
        yield _at(cases, len(said), len(where)), text


def _at(cases: list[str], count: int, texts: int) -> str:
    if texts == 1:
        return "any"
    if len(cases) > count / 2:
        return "any other"
    endpoints: dict[str, list[str]] = {}
    for case in CASES:
        endpoints.setdefault(case.endpoint, []).append(str(case))
    named = []
    for endpoint, every in endpoints.items():
        here = [case for case in every if case in cases]
        if here == every:
            named.append(f"`{endpoint}`")
        else:
            named += [
                f"`{endpoint}` {case.removeprefix(endpoint)[1:]}" for case in here
            ]
    return ", ".join(named)
