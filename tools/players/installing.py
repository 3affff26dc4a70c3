"""Install what is missing: programs with Debian's packages, and Python packages."""

import asyncio
from collections.abc import Iterable
from importlib import resources
import json
from pathlib import Path
import sys
from typing import Final

from homeassistant.util.package import is_installed

from tools.demo.console import step
from tools.demo.errors import DemoError

_SCRIPT = Path(__file__).parents[2] / "scripts" / "install-programs"
# What the demo needs is installed, MPD's integration among it.
_INTEGRATIONS: Final = ("dlna_dmr", "slimproto", "ssdp", "vlc_telnet")


async def install_programs(programs: Iterable[str]) -> None:
    """Install programs as far as that is possible; the script says what it does."""
    process = await asyncio.create_subprocess_exec(_SCRIPT, "--optional", *programs)
    if await process.wait():
        raise DemoError(f"{_SCRIPT.name} ended with status {process.returncode}")


async def install_packages() -> None:
    """Install what the players' integrations need, as Home Assistant does."""
    if not (missing := [each for each in requirements() if not is_installed(each)]):
        return
    constraints = resources.files("homeassistant") / "package_constraints.txt"
    command = (
        *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"),
        *("--python", sys.executable, "--constraint", str(constraints), *missing),
    )
    with step("install what the players' integrations need"):
        process = await asyncio.create_subprocess_exec(
            *command, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await process.communicate()
        if process.returncode:
            raise DemoError(errors.decode(errors="replace").strip())


def requirements() -> list[str]:
    """Return requirements like `aiovlc==0.5.1`."""
    components = resources.files("homeassistant") / "components"
    return sorted(
        {
            requirement
            for domain in _INTEGRATIONS
            for requirement in json.loads(
                (components / domain / "manifest.json").read_text()
            )["requirements"]
        }
    )
