"""The rules of this house: one subject a file, and none too long."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
INTEGRATION = TESTS.parent / "custom_components" / "yeastar_vm"
LINES_OF_TESTS = 600
LINES = 350


def lines_allowed(file: Path) -> int:
    """Return how many lines a file may have."""
    return LINES_OF_TESTS if file.name.startswith("test_") else LINES


def imported(file: Path) -> Iterator[str]:
    """Yield the last part of the name of each module of the tests that a file needs."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.ImportFrom(module=None, names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=level):
                if level or module.startswith("tests."):
                    yield module.rpartition(".")[2]


def test_nothing_is_imported_from_a_test_module() -> None:
    """What tests share has a place of its own, and fixtures need no import."""
    wrong = {
        str(file.relative_to(TESTS)): module
        for file in TESTS.rglob("*.py")
        for module in imported(file)
        if module.startswith("test_") or module == "conftest"
    }

    assert wrong == {}


def test_no_file_is_too_long() -> None:
    """A file has one subject."""
    lengths = {
        str(file.relative_to(TESTS.parent)): len(file.read_text("utf-8").splitlines())
        for folder in (TESTS, INTEGRATION)
        for file in folder.rglob("*.py")
        if len(file.read_text("utf-8").splitlines()) > lines_allowed(file)
    }

    assert lengths == {}
