"""The changes that the tests have to notice, and how it is found out."""

from itertools import groupby
from operator import itemgetter
from pathlib import Path
import re
import shutil
import subprocess
import sys

import pytest

from tools.mutate import tree
from tools.mutate.changes import changes
from tools.mutate.harmless import describes, harmless

MODULE = "pbx/module.py"


def changed(source: str) -> set[str]:
    """Return what becomes of a source, one change each."""
    code = source.encode()
    return {change.apply(code).decode() for change in changes(MODULE, code)}


def in_function(*lines: str) -> str:
    """Return a function of these lines."""
    return "\n    ".join(("def function():", *lines))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = b < c", {"a = (b <= c)"}),
        ("a = b is c", {"a = (b is not c)"}),
        ("a = b in c", {"a = (b not in c)"}),
        ("a = b and c", {"a = (b or c)", "a = b", "a = c"}),
        ("a = not b", {"a = b"}),
        ("a = b + c", {"a = (b - c)"}),
        ("a += b", {"a -= b"}),
        ("a = b if c else d", {"a = b if (not c) else d"}),
        ("a = [b for b in c if b]", {"a = [b for b in c if (not b)]"}),
        ("a = 0", {"a = 1"}),
        ("a = 1.5", {"a = 3.0"}),
        ("a = True", {"a = False"}),
        ("a = 'ä'", {"a = ''"}),
        ("a = ''", {"a = 'x'"}),
        ("a = b'c'", {"a = b''"}),
        ("a = f'{b}'", {"a = ''"}),
        ("a = min(b)", {"a = max(b)"}),
        ("a = b(c, d=e)", {"a = b(c)"}),
        ("a = (b, c)", {"a = (b,)", "a = (c,)"}),
        ("a = {b: c}", {"a = {}"}),
        ("'ä'; a = 0", {"'ä'; a = 1"}),
        ("__all__ = ['a', 'b']", set()),
    ],
)
def test_changes_of_a_module(before: str, after: set[str]) -> None:
    """Each one changes one place; bytes and characters are not confused."""
    assert changed(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["return a"], {"return None"}),
        (["a()"], {"pass"}),
        (["await_.a = b"], {"pass"}),
        (["del a[b]"], {"pass"}),
        (["raise a"], {"pass"}),
        (["a = b, c"], set()),
        (["assert a"], set()),
        (["a: b = c"], set()),
        (["logger.debug('a')"], set()),
        (["'A docstring.'"], set()),
    ],
)
def test_changes_of_a_function(before: list[str], after: set[str]) -> None:
    """What no test should hold is left alone."""
    assert changed(in_function(*before)) == {in_function(line) for line in after}


def test_an_error_that_is_no_longer_caught() -> None:
    """One of several, or all of them."""
    one = in_function("try: a = b", "except C: a = d")
    several = in_function("try: a = b", "except C, D: a = d")

    assert changed(one) == {one.replace("C", "()")}
    assert changed(several) == {
        several.replace("C, D", "(C,)"),
        several.replace("C, D", "(D,)"),
    }


def test_what_is_no_python_is_left_out() -> None:
    """As a mapping pattern without a key."""
    assert changed("match a:\n    case {'b': 1}:\n        pass") == {
        "match a:\n    case {'': 1}:\n        pass",
        "match a:\n    case {'b': 2}:\n        pass",
    }


def test_harmless_changes_are_still_there() -> None:
    """Each has a reason, and is a change of the code as it is now."""
    for module, entries in groupby(harmless(), key=itemgetter("module")):
        source = (tree.REPOSITORY / tree.INTEGRATION / module).read_bytes()
        found = changes(module, source)

        for entry in entries:
            assert any(describes(entry, change) for change in found), entry
            assert re.fullmatch(r"[A-Z].*\.", entry["why"]), entry


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of a module that adds, a test of it, and this command."""
    module = tmp_path / tree.INTEGRATION / MODULE
    module.parent.mkdir(parents=True)
    module.write_text("def add(a, b):\n    return a + b\n", "utf-8")
    (tmp_path / "test_module.py").write_text(
        "from custom_components.yeastar_vm.pbx.module import add\n"
        "def test_nothing(): assert add(1, 0) == 1\n"
        "def test_sum(): assert add(1, 2) == 3\n",
        "utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", "utf-8")
    for part in ("__init__.py", "demo/__init__.py", "demo/console.py", "mutate"):
        source, target = tree.REPOSITORY / "tools" / part, tmp_path / "tools" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, target)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)  # noqa: S607
    return tmp_path


@pytest.mark.parametrize(
    ("test", "status", "said"),
    [
        (
            "test_sum",
            0,
            "trying 2 changes\nmutate: noticed 2 of 2 changes: 100.0 %",
        ),
        (
            "test_nothing",
            1,
            "trying 2 changes\n"
            "mutate: not noticed: pbx/module.py:2: a + b  →  (a - b)\n"
            "mutate: noticed 1 of 2 changes: 50.0 %",
        ),
    ],
    ids=["noticed", "not noticed"],
)
def test_the_command(repository: Path, test: str, status: int, said: str) -> None:
    """It says what a test does not notice, and changes no file."""
    before = (repository / tree.INTEGRATION / MODULE).read_text("utf-8")

    ended = mutate(repository, "pbx/module.py:2", "--tests", f"test_module.py::{test}")

    assert (ended.stdout, ended.returncode) == (f"mutate: {said}\n", status)
    assert (repository / tree.INTEGRATION / MODULE).read_text("utf-8") == before


def test_which_tests_are_run_on_a_change(repository: Path) -> None:
    """Those that run it, or what it decorates; no test that fails anyway."""
    module, tests = (
        repository / tree.INTEGRATION / MODULE,
        repository / "test_module.py",
    )
    add = module.read_text("utf-8")
    module.write_text(
        "from functools import lru_cache\n"
        "SIZE = 1\n"
        f"@lru_cache(SIZE)\n{add}"
        "def negative(a):\n    return -a\n",
        "utf-8",
    )
    with tests.open("a", encoding="utf-8") as more:
        more.write("def test_wrong(): assert add(1, 2) == 4\n")

    ended = mutate(repository, "pbx/module.py:2", "pbx/module.py:5", "pbx/module.py:7")

    assert ended.returncode == 1
    said = [each for each in ended.stdout.splitlines() if each.startswith("mutate: ")]
    assert said == [
        "mutate: no test runs pbx/module.py: 7",
        "mutate: trying 4 changes",
        "mutate: not noticed: pbx/module.py:2: 1  →  2",
        "mutate: not noticed: pbx/module.py:7: return -a  →  return None",
        "mutate: noticed 2 of 4 changes: 50.0 %",
    ]


def mutate(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a repository."""
    return subprocess.run(  # noqa: S603 - nothing in it comes from outside
        [sys.executable, "-m", "tools.mutate", *arguments],
        cwd=repository,
        check=False,
        capture_output=True,
        text=True,
    )
