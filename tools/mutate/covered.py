"""Which tests run a line, as one run of all tests found out."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
import json
import os
from pathlib import PurePosixPath
import subprocess
import sys
from typing import Final

from coverage import Coverage, CoverageData
import pytest

from . import passing
from .changes import Change
from .running import Trial
from .tree import (
    CACHE,
    INTEGRATION,
    REPOSITORY,
    TREE,
    copy_tree,
    digest,
    modules,
    source,
)

COVERAGE: Final = CACHE / "coverage"
PASSING: Final = CACHE / "passing.json"
STAMP: Final = CACHE / "digest"
_SETTINGS: Final = CACHE / "settings.ini"

# So many quick tests notice most changes.
FEW: Final = 12
# A machine that does other things, too, may be so much slower; and what pytest takes
# to start, in seconds.
SLOWER: Final = 10
SPARE: Final = 90


def measure() -> bool:
    """Run all tests once, unless they did on the same code; return whether they ran.

    Those that fail are not run on changes: they would fail on each one.
    """
    now = digest()
    if STAMP.exists() and STAMP.read_text("utf-8") == now:
        return True
    copy_tree()
    STAMP.unlink(missing_ok=True)
    COVERAGE.unlink(missing_ok=True)
    _SETTINGS.write_text(
        "[run]\ncore = ctrace\nbranch = true\nrelative_files = true\n"
        f"source = {INTEGRATION}\ndata_file = {COVERAGE}\n",
        "utf-8",
    )
    tests = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--numprocesses", "logical", "--dist", "worksteal"),
            *("--cov", f"--cov-config={_SETTINGS}", "--cov-context=test"),
            *("--cov-report=", "-p", passing.__name__),
        ],
        cwd=TREE,
        env={**os.environ, passing.FILE: str(PASSING)},
        check=False,
    )
    if tests.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return False
    STAMP.write_text(now, "utf-8")
    return True


class Covered:
    """The tests that run a line, those first that most likely notice a change."""

    def __init__(self, limit: float) -> None:
        """`limit` is how many seconds the tests of a change may take."""
        self._limit = limit
        self._data = CoverageData(str(COVERAGE))
        self._data.read()
        self._seconds: dict[str, float] = json.loads(PASSING.read_text("utf-8"))

    def trials(self, change: Change) -> Iterator[Trial]:
        """Yield a few quick tests that run a change, then as many as time allows."""
        found = self._of_line(change.module, change.line, set())
        if not found:
            found = {*chain.from_iterable(self._contexts(change.module).values())}
        tests = self._ordered(found, change.module)
        if tests:
            yield self._trial(change, tests[:FEW])
        left = self._limit
        for count, test in enumerate(tests):
            left -= self._seconds[test]
            if left < 0:
                tests = tests[:count]
                break
        if len(tests) > FEW:
            yield self._trial(change, tests[FEW:])

    def untested(self) -> Iterator[str]:
        """Yield the lines that no test runs, by module, unless a comment says why."""
        coverage = Coverage(data_file=str(COVERAGE), config_file=str(_SETTINGS))
        coverage.load()
        for module in modules():
            *_, lines = coverage.analysis(str(REPOSITORY / INTEGRATION / module))
            if lines:
                yield f"{module}: {lines}"

    def _trial(self, change: Change, tests: Sequence[str]) -> Trial:
        timeout = SPARE + SLOWER * sum(self._seconds[test] for test in tests)
        return Trial(change, timeout, paths_of(tests), tests)

    def _ordered(self, tests: Iterable[str], module: str) -> list[str]:
        """Return tests, those first that run much of a module in little time.

        They take turns: one of each test with parameters, then the next one of each.
        In each turn, those come first whose folder is named as one of the module.
        """
        lines = Counter(chain.from_iterable(self._contexts(module).values()))
        worth = {test: lines[test] / (1 + self._seconds[test]) for test in tests}
        seen, turns = Counter[str](), dict[str, int]()
        for test in sorted(worth, key=lambda test: -worth[test]):
            function = test.partition("[")[0]
            turns[test] = seen[function]
            seen[function] += 1
        folders = {*PurePosixPath(module).parent.parts}
        return sorted(
            turns,
            key=lambda test: (
                turns[test],
                folders.isdisjoint(test.partition("::")[0].split("/")),
                -worth[test],
            ),
        )

    def _of_line(self, module: str, line: int, asked: set[str]) -> set[str]:
        """Return the tests that run a line, or if it is run at import, what it names.

        `asked` are the names that were looked for already.
        """
        by_line = self._contexts(module)
        statement = _statement(module, line)
        if found := by_line.get(line, set()) | by_line.get(statement.lineno, set()):
            return found
        for name in _assigned(statement):
            if name not in asked:
                asked.add(name)
                for place in _places().get(name, ()):
                    found |= self._of_line(*place, asked)
        for inner in ast.walk(statement):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= by_line.get(getattr(inner, "lineno", 0), set())
        return found

    @cache  # noqa: B019
    def _contexts(self, module: str) -> dict[int, set[str]]:
        by_line = self._data.contexts_by_lineno(str(INTEGRATION / module))
        return {
            line: {context.rpartition("|")[0] for context in contexts}
            & self._seconds.keys()
            for line, contexts in by_line.items()
        }


def paths_of(tests: Iterable[str]) -> list[str]:
    """Return the modules in which tests are."""
    return list(dict.fromkeys(test.partition("::")[0] for test in tests))


@cache
def _parsed(module: str) -> ast.Module:
    return ast.parse(source(module))


def _statement(module: str, line: int) -> ast.stmt:
    """Return the innermost statement in which a line is."""
    around = [
        node
        for node in ast.walk(_parsed(module))
        if isinstance(node, ast.stmt)
        and _first_line(node) <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)))


def _first_line(statement: ast.stmt) -> int:
    """Return where a statement begins, which is with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@cache
def _places() -> dict[str, set[tuple[str, int]]]:
    """Return where each name stands that is read, as module and line."""
    places = defaultdict[str, set[tuple[str, int]]](set)
    for path in (TREE / INTEGRATION).rglob("*.py"):
        module = str(path.relative_to(TREE / INTEGRATION))
        for node in ast.walk(_parsed(module)):
            match node:
                case ast.Name(name, ast.Load()) | ast.Attribute(_, name, ast.Load()):
                    places[name].add((module, node.lineno))
    return places
