"""A copy of the repository in which tests run, so that one can go on working here."""

from hashlib import sha256
from pathlib import Path
import shutil
import subprocess
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
CACHE: Final = REPOSITORY / ".cache" / "mutate"
TREE: Final = CACHE / "tree"
INTEGRATION: Final = Path("custom_components/yeastar_vm")
ROOMS: Final = ("pbx", "mailboxes", "playback", "services")


def copy_tree() -> None:
    """Copy everything that is not ignored."""
    shutil.rmtree(TREE, ignore_errors=True)
    for name in _files():
        target = TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target)


def digest() -> str:
    """Return what changes with the integration and its tests."""
    code = sha256()
    for name in _files():
        if name.endswith(".py") and not name.startswith("tools/"):
            code.update(name.encode() + (REPOSITORY / name).read_bytes())
    return code.hexdigest()


def modules() -> list[str]:
    """Return the modules that are changed, relative to the integration."""
    return [
        str(path.relative_to(TREE / INTEGRATION))
        for room in ROOMS
        for path in sorted((TREE / INTEGRATION / room).rglob("*.py"))
    ]


def source(module: str) -> bytes:
    """Return the source of a module of the integration, without a change."""
    return (TREE / INTEGRATION / module).read_bytes()


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    names = listed.stdout.splitlines()
    return sorted(name for name in names if (REPOSITORY / name).is_file())
