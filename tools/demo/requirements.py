"""Print what Home Assistant loads here and would otherwise want to download.

The versions are those of Home Assistant's own manifests, so that they fit any release.
"""

from importlib import resources
import json
from pathlib import Path

from homeassistant.bootstrap import CORE_INTEGRATIONS, DEFAULT_INTEGRATIONS

_CONFIGURED = {"config", "ffmpeg", "frontend", "logger", "media_source", "mpd", "tts"}
_COMPARED = {"immich", "radio_browser"}  # by scripts/bench
_STAND_INS = Path(__file__).parent / "stand_ins"


def requirements() -> set[str]:
    """Return requirements like `mutagen==1.48.1`, but not what has a stand-in."""
    components = resources.files("homeassistant") / "components"
    to_do = {*CORE_INTEGRATIONS, *DEFAULT_INTEGRATIONS, *_CONFIGURED, *_COMPARED}
    done: set[str] = set()
    found: set[str] = set()
    while to_do:
        domain = to_do.pop()
        done.add(domain)
        manifest = json.loads((components / domain / "manifest.json").read_text())
        to_do |= {*manifest.get("dependencies", [])} - done
        found |= {*manifest.get("requirements", [])}
    return {requirement for requirement in found if not _has_stand_in(requirement)}


def _has_stand_in(requirement: str) -> bool:
    name = requirement.partition("==")[0].replace("-", "_")
    return (_STAND_INS / f"{name}.py").exists()


if __name__ == "__main__":
    print(*sorted(requirements()), sep="\n")  # noqa: T201  what it is for
