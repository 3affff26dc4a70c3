"""``docs/reliability.md``: what came of every fault, as tables that a user can read.

Nothing in it varies by machine or by run, so that a run that finds what the last one
found writes the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from custom_components.yeastar_vm.errors.in_log import CHECK_IT

from . import limits
from .cases import AUDIO, DEL_TOKEN, Side
from .changes import CHANGES, TROUBLES
from .home import TEXTS, WORKS
from .mailbox_shown import MOST_REQUESTS
from .mailbox_tables import MailboxFindings, said_table, shown_table
from .outcomes import Outcome
from .promises import Within
from .rows import ROWS, SECTIONS, Row
from .tables import general, sentence, table
from .troubles import Trouble

PATH = Path(__file__).parents[2] / "docs" / "reliability.md"
TEMPLATE = Path(__file__).with_name("reliability.md")

type Matrix = Mapping[tuple[Row, Trouble], list[Outcome]]

_COLUMNS = (
    "What goes wrong",
    "At",
    "The action and the media browser say",
    "The form says",
    "Setup",
    "A speaker gets",
    "Log",
    "Within",
    "Memory",
)


@dataclass(frozen=True)
class Findings:
    """What came of every fault, and of every trouble with a change."""

    matrix: Matrix
    changes: Mapping[str, Mapping[str, str]]
    mailboxes: MailboxFindings


def document(findings: Findings) -> str:
    """Return the whole page."""
    matrix = findings.matrix
    tables = (_table(title, rows, matrix) for title, rows in SECTIONS.items())
    return TEMPLATE.read_text("utf-8").format(
        faults=len(matrix),
        cases=f"{sum(len(outcomes) for outcomes in matrix.values()):,}",
        mailbox_cases=f"{findings.mailboxes.cases:,}",
        most_requests=MOST_REQUESTS,
        connection=limits.CONNECTION,
        answer=limits.ANSWER,
        silence=limits.SILENCE,
        download=limits.DOWNLOAD,
        delivery=limits.DELIVERY,
        setup=limits.SETUP,
        tables="\n".join(tables),
        changes=_change_table(findings.changes),
        shown=shown_table(findings.mailboxes),
        said=said_table(findings.mailboxes),
        messages="\n".join(_messages(matrix)).strip(),
    )


@dataclass
class _Line:
    """A line of a table: requests at which a fault comes to the same."""

    endpoints: list[str] = field(default_factory=list)
    said: dict[Side, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def _change_table(changes: Mapping[str, Mapping[str, str]]) -> str:
    actions = [change.action for change in CHANGES]
    return table(
        ("What goes wrong", *(f"`{action}`" for action in actions)),
        (
            (trouble, *(general(changes[trouble][action]) for action in actions))
            for trouble in TROUBLES
        ),
    )


def _table(title: str, rows: Iterable[Row], matrix: Matrix) -> str:
    lines = [line for row in rows for line in _lines(row, matrix)]
    # Where all is about one request, the title says which.
    columns = [
        number
        for number, column in enumerate(_COLUMNS)
        if column != "At" or any(line[number] != "any" for line in lines)
    ]
    header = [_COLUMNS[number] for number in columns]
    cells = ([line[number] for number in columns] for line in lines)
    return f"## {title}\n\n{table(header, cells)}\n"


def _lines(row: Row, matrix: Matrix) -> Iterator[tuple[str, ...]]:
    lines = _merged(row, matrix)
    for number, line in enumerate(lines):
        audio = line.endpoints == [AUDIO]
        memory = row.promise.memory_of_audio if audio else row.promise.memory
        yield (
            row.what if number == 0 else "",
            _at(line, lines),
            _told(line),
            _sentence(line.said.get(Side.FORM)),
            _setup(line.said.get(Side.SETUP)),
            _status(line.said.get(Side.SPEAKER)),
            ", ".join(line.reasons) or "—",
            _within(row.promise.within),
            f"{memory} MB",
        )


def _merged(row: Row, matrix: Matrix) -> list[_Line]:
    """Return the lines of a row, the one of the most requests last."""
    lines: dict[object, _Line] = {}
    for fault in row.faults:
        for outcome in matrix[row, fault]:
            endpoint, side = outcome.endpoint, outcome.side
            if endpoint == DEL_TOKEN:
                continue
            line = lines.setdefault(row.promise.at(endpoint), _Line())
            if endpoint not in line.endpoints:
                line.endpoints.append(endpoint)
            line.said[side] = general(outcome.said)
            reason = _reason(outcome)
            if reason and reason not in line.reasons:
                line.reasons.append(reason)
    return sorted(lines.values(), key=lambda line: len(line.endpoints))


def _at(line: _Line, lines: list[_Line]) -> str:
    if len(lines) == 1:
        return "any"
    if line is lines[-1] and len(line.endpoints) > 2:
        return "any other"
    return ", ".join(f"`{endpoint}`" for endpoint in line.endpoints)


def _told(line: _Line) -> str:
    action = line.said.get(Side.ACTION)
    browser = line.said.get(Side.BROWSER)
    if action is None or browser is None or action == browser:
        return _sentence(browser if action is None else action)
    return f"{_sentence(action)} In the media browser: {_sentence(browser)}"


def _sentence(said: str | None) -> str:
    return "—" if said is None else sentence(said)


def _setup(said: str | None) -> str:
    if not said:
        return _sentence(said)
    if said.startswith("setup_retry"):
        return "tries again"
    sign_in = said == f"setup_error: {TEXTS['exceptions']['invalid_auth']['message']}"
    return "asks to sign in again" if sign_in else "waits for the user"


def _status(said: str | None) -> str:
    return said.split(" ")[0] if said else _sentence(said)


def _within(within: Within) -> str:
    match within:
        case Within.AT_ONCE:
            return "at once"
        case Within.ITS_TIME:
            return "its time"
    return "its limit"


def _reason(outcome: Outcome) -> str:
    """Return the reason that the log gives a speaker's request."""
    _, _, reason = outcome.log.partition("cannot be relayed: ")
    return f"`{general(reason.removesuffix(CHECK_IT))}`" if reason else ""


def _messages(matrix: Matrix) -> Iterator[str]:
    """Return all that was said, by where; the reason of setup is what actions say."""
    seen = {WORKS}
    for title, side in {
        "The action, the media browser, and setup as its reason": Side.ACTION,
        "The media browser alone": Side.BROWSER,
        "The form": Side.FORM,
    }.items():
        said = dict.fromkeys(
            general(outcome.said)
            for row in ROWS
            for fault in row.faults
            for outcome in matrix[row, fault]
            if outcome.side is side
        )
        lines = [f"- {text}" for text in said if text not in seen]
        seen.update(said)
        yield "\n".join([f"{title}:", "", *lines, ""])


def found(row: Row, fault: Trouble, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Return what came of a fault, in builtin types."""
    return {
        "row": ROWS.index(row),
        "fault": row.faults.index(fault),
        "outcomes": [
            {**asdict(outcome), "side": outcome.side.value} for outcome in outcomes
        ],
    }


def found_of_change(trouble: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what was said of each change, by action."""
    return {"trouble": trouble, "said": dict(said)}


def findings_of(parts: Iterable[Mapping[str, Any]]) -> Findings | None:
    """Return what came of everything; None if some was not tried."""
    changes, rest = {}, []
    mailboxes = MailboxFindings()
    for part in parts:
        if "trouble" in part:
            changes[part["trouble"]] = part["said"]
        elif "mailboxes" in part:
            mailboxes.add(part)
        else:
            rest.append(part)
    matrix = _matrix_of(rest)
    if matrix is None or changes.keys() != TROUBLES.keys() or not mailboxes.is_whole:
        return None
    return Findings(matrix, changes, mailboxes)


def _matrix_of(parts: Iterable[Mapping[str, Any]]) -> Matrix | None:
    matrix = {}
    for part in parts:
        row = ROWS[part["row"]]
        matrix[row, row.faults[part["fault"]]] = [
            Outcome(**{**outcome, "side": Side(outcome["side"])})
            for outcome in part["outcomes"]
        ]
    whole = matrix.keys() == {(row, fault) for row in ROWS for fault in row.faults}
    return matrix if whole else None
