"""What Home Assistant's frontend and this integration say, by language."""

from collections.abc import Iterator
import json
from pathlib import Path
from string import Formatter
from typing import Any

import hass_frontend

from custom_components.yeastar_vm import __file__ as integration

TRANSLATIONS: dict[str, Any] = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(integration).parent / "translations").glob("*.json"))
}
"""The texts of this integration, by language."""


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts below a node, with where they stand."""
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items():
        yield from texts(value, f"{path}.{key}" if path else key)


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def user_interface(language: str) -> dict[str, str]:
    """Return the texts of Home Assistant's frontend, of its panels too."""
    folder = Path(hass_frontend.where()) / "static" / "translations"
    name = f"{language}-{'[0-9a-f]' * 32}.json"
    return {
        where: text
        for file in folder.rglob(name)
        for where, text in texts(json.loads(file.read_text("utf-8")))
    }


def grouped(fingerprint: str) -> str:
    """Return a fingerprint as browsers show it, in groups that a phone can show."""
    groups = (fingerprint[at : at + 16] for at in range(0, len(fingerprint), 16))
    return ": ".join(bytes.fromhex(group).hex(":").upper() for group in groups)
