"""What the files around the integration say about the repository."""

from collections.abc import Iterator
from contextlib import suppress
import json
from pathlib import Path
import re

REPOSITORY = Path(__file__).parents[1]
MANIFEST = json.loads(
    (REPOSITORY / "custom_components/yeastar_vm/manifest.json").read_text("utf-8")
)
# Where the repository's address stands; every other place follows.
ADDRESS: str = MANIFEST["documentation"]
LINK = re.compile(r"github\.com(?:/|%2F)([\w.-]+)(?:/|%2F)([\w-]+)")
OF_OTHERS = {"actions", "hacs", "home-assistant"}
NOT_OURS = {
    *(".cache", ".git", ".venv", "__pycache__", "node_modules"),
    "package-lock.json",
}


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the text files of the repository with their content."""
    for folder, below, names in REPOSITORY.walk():
        below[:] = [name for name in below if name not in NOT_OURS]
        for path in (folder / name for name in names if name not in NOT_OURS):
            with suppress(UnicodeDecodeError):
                yield path.relative_to(REPOSITORY), path.read_text("utf-8")


def test_the_address_of_the_repository_is_the_same_everywhere() -> None:
    """In links, also those that are encoded within another link."""
    owner, name = ADDRESS.removeprefix("https://github.com/").split("/")
    wrong = {
        f"{path}: {match[0]}"
        for path, text in texts()
        for match in LINK.finditer(text)
        if match[1] not in OF_OTHERS and (match[1], match[2]) != (owner, name)
    }
    shortcuts = re.findall(
        r"[?&]owner=([\w-]+)&repository=([\w-]+)",
        (REPOSITORY / "README.md").read_text("utf-8"),
    )

    assert wrong == set()
    assert MANIFEST["issue_tracker"] == f"{ADDRESS}/issues"
    assert MANIFEST["codeowners"] == [f"@{owner}"]
    assert set(shortcuts) == {(owner, name)}


def test_the_newest_release_is_this_version() -> None:
    """And each release has its date, the newest one first."""
    changelog = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    releases = re.findall(r"(?m)^## (\S+) \((\d{4}-\d\d-\d\d)\)$", changelog)

    assert len(releases) == changelog.count("\n## ")
    assert releases[0][0] == MANIFEST["version"]
    assert [date for _, date in releases] == sorted(
        (date for _, date in releases), reverse=True
    )
