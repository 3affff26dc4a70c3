"""The rooms of the integration: each may use only what lies below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components import yeastar_vm

ROOT = Path(yeastar_vm.__file__).parent
MAX_LINES = 350

# From the ground up. A room may import from its own line and from those above it here.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("const",),
    ("pbx", "audio"),
    ("mailbox", "references"),
    (
        "relay",
        "exceptions",
        "token_store",
        "message_reporter",
        "message_store",
        "mailbox_source",
        "presence_source",
        "certificate_text",
    ),
    ("coordinator", "listener", "clients", "direct", "directory"),
    ("entry",),
    ("issues",),
    ("delivery", "entity"),
    ("services", "media_source", "sensor", "event", "select"),
    ("flow_client", "flow_forms"),
    ("connect_flow", "options_flow", "subentry_flow"),
    ("config_flow", "repairs", "diagnostics"),
    ("__init__",),
)
# Within a package, in the same way.
PACKAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "pbx": (
        ("errors", "values", "bodies"),
        ("urls", "certificate", "connection", "failures", "pause", "clock"),
        ("transport", "answers"),
        ("http",),
        ("tokens",),
        ("session",),
        ("links", "system", "extensions", "groups"),
        ("greetings", "messages", "events"),
        ("client",),
        ("__init__",),
    ),
}


def room(path: Path) -> str:
    """Return the room of a module: a package, or a module of its own."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def modules() -> Iterator[Path]:
    """Return all modules of the integration."""
    yield from sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Return what a module imports of the integration, as parts below its root."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1]
        if node.module:
            yield (*base, *node.module.split("."))
        else:
            yield from ((*base, alias.name) for alias in node.names)


def floor(name: str, layers: tuple[tuple[str, ...], ...]) -> int:
    """Return the floor of a room; each room is on one."""
    floors = [number for number, layer in enumerate(layers) if name in layer]
    assert floors, f"{name} is on no floor: give it a place in {__name__}"
    return floors[0]


@pytest.mark.parametrize(
    "path", modules(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_room_uses_what_lies_below(path: Path) -> None:
    """Nothing on the way down leads up again."""
    own = room(path)
    for target in imports(path):
        if target and target[0] != own:
            assert floor(target[0], LAYERS) <= floor(own, LAYERS), target


@pytest.mark.parametrize("package", PACKAGES)
def test_a_module_of_a_package_uses_what_lies_below(package: str) -> None:
    """Within a package, in the same way."""
    for path in sorted((ROOT / package).glob("*.py")):
        for target in imports(path):
            if target[:1] == (package,) and len(target) > 1:
                layers = PACKAGES[package]
                assert floor(target[1], layers) <= floor(path.stem, layers), (
                    path.name,
                    target,
                )


def test_the_library_knows_nothing_of_home_assistant() -> None:
    """It could be a package of its own."""
    for path in (*(ROOT / "pbx").glob("*.py"), *(ROOT / "audio").glob("*.py")):
        assert "homeassistant" not in path.read_text().split('"""', 2)[2], path.name


def test_each_module_has_one_subject() -> None:
    """As far as its length shows it."""
    sizes = {path.name: len(path.read_text().splitlines()) for path in modules()}

    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def test_there_are_no_circles() -> None:
    """No module needs, over others, itself."""
    graph = {
        tuple(path.relative_to(ROOT).with_suffix("").parts): set(imports(path))
        for path in modules()
    }

    def circle(
        module: tuple[str, ...], way: tuple[tuple[str, ...], ...] = ()
    ) -> tuple[tuple[str, ...], ...]:
        if module in way:
            return (*way, module)
        found = (
            circle(target, (*way, module))
            for target in graph.get(module, ())
            if target in graph
        )
        return next(filter(None, found), ())

    assert [found for module in graph if (found := circle(module))] == []
