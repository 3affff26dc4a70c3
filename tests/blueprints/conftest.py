"""Fixtures of the tests of blueprints."""

from collections.abc import AsyncIterator
import importlib
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigSubentry
import pytest

from simulator import PbxSimulator
from tests.mailboxes.common import MESSAGE, leo_ball, load_with_mailboxes
from tools.demo import stand_ins

from .home import NAMES, Home


@pytest.fixture(scope="session")
def _app() -> None:
    """Load what Home Assistant has for its app, as far as it needs no compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(stand_ins.__file__).parent))
        importlib.import_module("homeassistant.components.mobile_app")


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for what Home Assistant writes of the imported blueprints."""
    return tmp_path_factory.mktemp("imported")


@pytest.fixture
def mailboxes() -> list[ConfigSubentry]:
    """Return the mailboxes of the home."""
    return [leo_ball()]


@pytest.fixture
async def home(
    _app: None,
    tmp_path: Path,
    ffmpeg_binary: str,
    http_pbx: PbxSimulator,
    imported: Path,
    mailboxes: list[ConfigSubentry],
    possible_warnings: list[str],
) -> AsyncIterator[Home]:
    """Return a home with a phone, whose blueprints were imported before a restart.

    The first home imports them. The others have the files that it wrote.
    """
    possible_warnings.append("Error loading libturbojpeg")
    home = Home(tmp_path, ffmpeg_binary)
    if not any(imported.iterdir()):
        await home.start()
        await home.import_blueprints(*NAMES)
        await home.stop()
        shutil.copytree(home.blueprints, imported, dirs_exist_ok=True)
    shutil.copytree(imported, home.blueprints, dirs_exist_ok=True)
    await home.phone.start()
    await home.start()
    await home.phone.register(home.user)
    await load_with_mailboxes(home.hass, http_pbx, *mailboxes)
    yield home
    await home.stop()
    await home.phone.stop()


@pytest.fixture
def inputs(home: Home) -> dict[str, Any]:
    """Return what a user selects for the blueprint of new messages."""
    return {
        "mailbox": MESSAGE,
        "phone": home.phone.device_id,
        "players": {"entity_id": ["media_player.kitchen"]},
    }
