"""The order of the rooms: imports lead down, never up or in a circle.

The rooms are the folders and modules of the integration; which one lies above which is
read from their imports. The same holds within each folder.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from custom_components import yeastar_vm

ROOT = Path(yeastar_vm.__file__).parent
FOLDERS = sorted({path.parent for path in ROOT.rglob("*.py")})
LIBRARIES = {
    "audio": {"audio", "library"},
    "check": {"check", "pbx"},
    "pbx": {"pbx", "library"},
}


def name_of(folder: Path) -> str:
    """Return the name under which a folder is imported."""
    return ".".join((yeastar_vm.__name__, *folder.relative_to(ROOT).parts))


def imports(module: Path) -> Iterator[tuple[str, ...]]:
    """Yield what a module imports of the integration, as parts below its root."""
    package = module.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1]
        for alias in node.names:
            parts = (*base, *(node.module or "").split("."), alias.name)
            yield tuple(part for part in parts if part)


def rooms(folder: Path) -> dict[str, set[str]]:
    """Return the rooms of a folder, each with those that it imports from."""
    graph: dict[str, set[str]] = {}
    below = folder.relative_to(ROOT).parts
    names = {path.stem for path in folder.iterdir() if path.suffix in ("", ".py")}
    for module in sorted(folder.rglob("*.py")):
        room = module.relative_to(folder).with_suffix("").parts[0]
        used = graph.setdefault(room, set())
        for target in imports(module):
            if target[: len(below)] == below:
                name = target[len(below)] if len(target) > len(below) else ""
                # What is no room of its own is a name that the folder exports.
                used.add(name if name in names else "__init__")
        used.discard(room)
    return graph


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT))
)
def test_imports_lead_down(folder: Path) -> None:
    """A room uses what lies below it, and what it uses never leads back to it."""
    try:
        list(TopologicalSorter(rooms(folder)).static_order())
    except CycleError as err:
        pytest.fail(f"in a circle: {' → '.join(err.args[1])}")


def test_the_libraries_know_nothing_of_home_assistant() -> None:
    """They could be packages of their own."""
    for library, known in LIBRARIES.items():
        for module in (ROOT / library).rglob("*.py"):
            _, _, code = module.read_text("utf-8").split('"""', 2)
            assert "homeassistant" not in code, module
            assert all(target[0] in known for target in imports(module)), module


@pytest.mark.parametrize(
    "library",
    [
        pytest.param(module, id=folder.name)
        for folder in FOLDERS
        if hasattr(module := import_module(name_of(folder)), "__all__")
    ],
)
def test_a_library_exports_what_others_import(library: ModuleType) -> None:
    """No more and no less, be it for a test."""
    [folder] = map(Path, library.__path__)
    below = folder.relative_to(ROOT).parts
    imported = {
        target[-1]
        for module in ROOT.rglob("*.py")
        if folder not in module.parents
        for target in imports(module)
        if target[:-1] == below
    } | {
        alias.name
        for module in Path(__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == library.__name__
        for alias in node.names
    }

    assert sorted(library.__all__) == sorted(
        name for name in imported if not isinstance(getattr(library, name), ModuleType)
    )
