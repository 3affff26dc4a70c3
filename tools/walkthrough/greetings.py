"""What the user does with greetings: upload, rename and delete one."""

import asyncio

from simulator import SimulatedGreeting
from tools.demo.errors import DemoError

from .visit import Visit

_NAME, _NEW_NAME = "holiday", "closed_today"
_SECONDS_TO_CHANGE = 15
_SECONDS_BETWEEN_LOOKS = 0.1


async def upload_greeting(visit: Visit, number: str, source: tuple[str, ...]) -> None:
    """Upload audio as a greeting; `source` is where it is in the media browser."""
    await _open_action(visit, "upload_greeting")
    await _fill_in(visit, "upload_greeting", extension=number, file=_NAME)
    await visit.album.look("upload-greeting", height=1100)
    media = visit.words.ours("services.upload_greeting.fields.media.name")
    row = visit.page.locator("ha-settings-row", has_text=media)
    await row.locator("ha-selector-media ha-card").click()
    *folders, file = source
    await visit.browse(*folders)
    await visit.page.locator("ha-list-item", has_text=file).click()
    await visit.perform()
    await _wait_for(visit, number, [f"{_NAME}.wav"])
    [uploaded] = _greetings(visit, number)
    if not uploaded.audio().startswith(b"RIFF"):
        raise DemoError("what was uploaded is no WAV file")


async def rename_greeting(visit: Visit, number: str) -> None:
    """Rename it."""
    await _open_action(visit, "rename_greeting")
    await _fill_in(
        visit, "rename_greeting", extension=number, file=_NAME, new_name=_NEW_NAME
    )
    await visit.perform()
    await _wait_for(visit, number, [f"{_NEW_NAME}.wav"])


async def delete_greeting(visit: Visit, number: str) -> None:
    """Delete it, and be told what there is when it is gone."""
    await _open_action(visit, "delete_greeting")
    await _fill_in(visit, "delete_greeting", extension=number, file=_NEW_NAME)
    await visit.perform()
    await _wait_for(visit, number, [])
    await visit.perform()
    gone = visit.words.ours("exceptions.no_greetings.message", number=number)
    await visit.sees(gone.removesuffix("."))


async def _open_action(visit: Visit, action: str) -> None:
    await visit.open(f"/config/tools/action?service=yeastar_vm.{action}")
    await visit.sees(visit.words.ours(f"services.{action}.description"))


async def _fill_in(visit: Visit, action: str, **values: str) -> None:
    """Fill the text fields of an action in."""
    for field, value in values.items():
        name = visit.words.ours(f"services.{action}.fields.{field}.name")
        heading = visit.page.get_by_text(name, exact=True)
        row = visit.page.locator("ha-settings-row").filter(has=heading)
        await row.locator("input").fill(value)


async def _wait_for(visit: Visit, number: str, files: list[str]) -> None:
    """Wait until an extension has these greetings and no others."""
    try:
        async with asyncio.timeout(_SECONDS_TO_CHANGE):
            while _files(visit, number) != files:  # noqa: ASYNC110
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    except TimeoutError:
        raise DemoError(f"the PBX does not have {files or 'no greetings'}") from None


def _greetings(visit: Visit, number: str) -> list[SimulatedGreeting]:
    return visit.system.pbx.extensions[number].greetings


def _files(visit: Visit, number: str) -> list[str]:
    return [greeting.real_filename for greeting in _greetings(visit, number)]
