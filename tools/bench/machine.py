"""What the measurements were made on, and with."""

from datetime import UTC, datetime
from importlib.metadata import version
import json
import os
from pathlib import Path
import platform
import re
import shutil
import subprocess

from homeassistant.const import __version__ as home_assistant_version

from custom_components.yeastar_vm import __file__ as integration
from tools.demo.audio import find_ffmpeg


def environment() -> list[tuple[str, str]]:
    """Return what there is, by name."""
    manifest = json.loads((Path(integration).parent / "manifest.json").read_text())
    return [
        ("Date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{_memory() / 2**30:.0f} GB"),
        ("System", f"{_system()}, Linux {platform.release()}"),
        ("Python", platform.python_version()),
        ("Home Assistant", home_assistant_version),
        ("aiohttp", version("aiohttp")),
        ("ffmpeg", _first_number(find_ffmpeg(), "-version")),
        ("nginx", _first_number(shutil.which("nginx") or "nginx", "-v")),
        ("This integration", manifest["version"]),
    ]


def _processor() -> str:
    match = re.search(
        r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE
    )
    return match[1] if match else platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def _first_number(*command: str) -> str:
    """Return the first version number that a program tells."""
    told = subprocess.run(  # noqa: S603  of programs found here
        command, capture_output=True, check=True, text=True
    )
    match = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
    return match[0] if match else "unknown"
