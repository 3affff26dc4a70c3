"""The walkthrough as a command: its arguments and what it does."""

import argparse
import asyncio
from pathlib import Path
import re
import shutil
from typing import Any

from simulator import default_groups
from tools.demo.console import PROGRAM, say, step
from tools.demo.dashboard import add_dashboard
from tools.demo.guest import GUEST, add_guest
from tools.demo.program import add_port, run_until_interrupted, temporary_system
from tools.demo.user import EXTENSION, add_player

from .card import leave_messages
from .visit import visiting
from .walk import walk
from .words import Words

_REPOSITORY = Path(__file__).parents[2]
OF_DOCUMENTS = _REPOSITORY / "docs" / "images"
PICTURES = _REPOSITORY / ".cache" / "walkthrough"
LANGUAGES = ("en", "de")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/walkthrough",
        description="Walk through the user interface in Chromium, in English and in"
        " German, check what is there, and take pictures.",
    )
    add_port(parser)
    parser.add_argument(
        "--write-docs",
        action="store_true",
        help="replace the pictures that a document shows",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Walk until the end or an interruption and return the exit status."""
    PROGRAM.set("walkthrough")
    options = parse(arguments)
    asyncio.get_running_loop().set_exception_handler(_take_note)
    return await run_until_interrupted(
        _walk_all(options.port, write_docs=options.write_docs)
    )


def _take_note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of Playwright's own process, which Ctrl-C ends, too."""
    if "from the driver" not in str(context.get("exception")):
        loop.default_exception_handler(context)


async def _walk_all(port: int, *, write_docs: bool) -> None:
    async with temporary_system(port, "written_speech") as system:
        system.pbx.groups.update(default_groups())
        with step(f"add a dashboard, and the user {GUEST}"):
            await add_dashboard(system.home, "PBX")
            await add_guest(system.home)
        with step("add the player"):
            entity_id = await add_player(system.home, system.player)
            player = await system.home.get(f"/api/states/{entity_id}")
        for language in LANGUAGES:
            folder = PICTURES / language
            folder.mkdir(parents=True, exist_ok=True)
            with step(f"choose the language {language}"):
                await system.home.choose_language(language)
                words = Words(language)
            leave_messages(system.pbx, EXTENSION)
            async with visiting(system, words, folder) as visit:
                await walk(visit, player["attributes"]["friendly_name"])
            say(f"the pictures are in {folder}")
    if write_docs:
        for name in shown_pictures():
            shutil.copyfile(PICTURES / "en" / name, OF_DOCUMENTS / name)


def shown_pictures() -> list[str]:
    """Return the names of the pictures that a document shows."""
    documents = (*_REPOSITORY.glob("*.md"), *(_REPOSITORY / "docs").glob("*.md"))
    text = "".join(document.read_text("utf-8") for document in documents)
    return sorted({*re.findall(r"images/([\w-]+\.png)", text)})
