"""What was measured, as text that reads well in a terminal and in Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from statistics import median

from .rounds import p95, ratio


@dataclass(frozen=True)
class Goal:
    """A limit that was set in advance, and what was measured."""

    what: str
    limit: str
    measured: str
    met: bool


def at_most(what: str, measured: float, limit: float, unit: str = "") -> Goal:
    """Return a goal that is met by what does not exceed the limit."""
    return Goal(what, f"≤ {limit:g}{unit}", f"{measured:.2f}{unit}", measured <= limit)


def at_least(what: str, measured: float, limit: float) -> Goal:
    """Return a goal that is met by what reaches the limit."""
    return Goal(what, f"≥ {limit:g}", f"{measured:.2f}", measured >= limit)


@dataclass(frozen=True)
class Table:
    """One table of results with its goals; the text says what was measured and how."""

    title: str
    text: str
    columns: Sequence[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def add_times(
        self, label: str, results: dict[str, list[float]], reference: str
    ) -> None:
        """Add a row for each candidate: median, p95, ratio to the reference."""
        self.rows.extend(
            (
                label,
                name,
                milliseconds(median(seconds)),
                milliseconds(p95(seconds)),
                f"{ratio(seconds, results[reference]):.2f}",
            )
            for name, seconds in results.items()
        )


def missed(tables: Iterable[Table]) -> list[Goal]:
    """Return the goals that are missed."""
    return [goal for table in tables for goal in table.goals if not goal.met]


def milliseconds(seconds: float) -> str:
    """Return a time with three digits that matter."""
    value = seconds * 1000
    digits = floor(log10(abs(value))) if value else 0
    return f"{value:.{max(0, 2 - digits)}f} ms"


def megabytes(size: float) -> str:
    """Return a number of bytes."""
    return f"{size / 1_000_000:.1f} MB"


def kilobytes(size: float) -> str:
    """Return a number of bytes that is small."""
    return f"{size / 1_000:,.0f} kB"


def document(tables: Iterable[Table], environment: Sequence[tuple[str, str]]) -> str:
    """Return all of it."""
    tables = list(tables)
    goals = [
        (goal.what, goal.limit, goal.measured, "met" if goal.met else "**missed**")
        for table in tables
        for goal in table.goals
    ]
    parts = [
        "# Performance",
        "This page is written by `scripts/bench`. Run it to see the figures of your"
        " machine.",
        grid(("Machine", ""), environment),
        "What is compared takes turns within each round, so that a machine that gets"
        " slower or faster does so for all. Ratios are ratios of medians. Everything"
        " talks over real sockets of the loopback interface; the simulated PBX is a"
        " process of its own and closes each connection, as a PBX does. Home Assistant"
        " is started as in production: its default integrations, its default log"
        " level, no debug mode.",
        "## Goals",
        grid(("What", "Goal", "Measured", ""), goals),
    ]
    for table in tables:
        parts += [f"## {table.title}", table.text, grid(table.columns, table.rows)]
    return "\n\n".join(parts) + "\n"


def grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned."""
    lines = [columns, *rows]
    widths = [max(3, *(len(line[n]) for line in lines)) for n in range(len(columns))]
    head, *body = (
        "| "
        + " | ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        )
        + " |"
        for line in lines
    )
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([head, rule, *body])
