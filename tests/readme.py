"""The examples of the README and of the documents that it leads to."""

from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import parse_yaml

_REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = (_REPOSITORY / "README.md", *sorted((_REPOSITORY / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def all_examples() -> list[dict[str, Any]]:
    """Return the YAML examples."""
    parsed: list[Any] = [
        parse_yaml(match[1])
        for document in DOCUMENTS
        for match in _BLOCK.finditer(document.read_text("utf-8"))
    ]
    return parsed


def examples(key: str) -> list[dict[str, Any]]:
    """Return the YAML examples that have a key at the top."""
    return [example for example in all_examples() if key in example]


def example(alias: str) -> dict[str, Any]:
    """Return the automation or script with an alias."""
    [found] = [each for each in examples("alias") if each["alias"] == alias]
    return found
