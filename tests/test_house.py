"""Each file has one subject, and none is too long."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from homeassistant.util.hass_dict import HassKey

import custom_components.yeastar_vm as integration
from custom_components.yeastar_vm.const import DOMAIN

REPOSITORY = Path(__file__).parents[1]
FOLDERS = ("custom_components", "simulator", "tests", "tools")
LINES_OF_TESTS = 600
LINES = 350


def modules() -> Iterator[Path]:
    """Yield every module of the repository."""
    yield REPOSITORY / "conftest.py"
    for folder in FOLDERS:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


def lines_allowed(file: Path) -> int:
    """Return how many lines a file may have."""
    return LINES_OF_TESTS if file.name.startswith("test_") else LINES


def imported(file: Path) -> Iterator[str]:
    """Yield the last part of the name of each of our modules that a file needs."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.ImportFrom(module=None, names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=level):
                if level or module.partition(".")[0] in FOLDERS:
                    yield module.rpartition(".")[2]


def test_nothing_is_imported_from_a_test_module() -> None:
    """What tests share has a place of its own, and fixtures need no import."""
    wrong = {
        str(file.relative_to(REPOSITORY)): module
        for file in modules()
        for module in imported(file)
        if module.startswith("test_") or module == "conftest"
    }

    assert wrong == {}


def test_no_file_is_too_long() -> None:
    """A file has one subject."""
    lengths = {
        str(file.relative_to(REPOSITORY)): length
        for file in modules()
        if (length := len(file.read_text("utf-8").splitlines())) > lines_allowed(file)
    }

    assert lengths == {}


def test_what_is_kept_in_home_assistant_is_named_for_the_integration() -> None:
    """It stands beside what other integrations keep there, each thing once."""
    walked = walk_packages(integration.__path__, f"{integration.__name__}.")
    keys = [
        str(value)
        for found in walked
        for name, value in vars(import_module(found.name)).items()
        if name.startswith("_") and isinstance(value, HassKey)
    ]

    assert [key for key in keys if f"{key}_".startswith(f"{DOMAIN}_")] == keys != []
    assert len({*keys}) == len(keys)
