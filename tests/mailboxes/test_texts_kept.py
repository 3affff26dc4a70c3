"""The texts of messages outlive restarts and crashes, and writing them is cheap."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import time
from typing import Any, Final
from unittest.mock import patch

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
from homeassistant.helpers.typing import ConfigType
import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.yeastar_vm.const import DOMAIN
from custom_components.yeastar_vm.mailboxes.transcripts import (
    KeptTranscripts,
    Transcript,
    TranscriptState,
)
from simulator import PbxSimulator
from tests.common import entry_for
from tests.restarts import House

from .common import (
    MESSAGE,
    Arrivals,
    call,
    load_again,
    load_with_mailboxes,
    mailbox,
    poll,
    until,
    updated,
)
from .ears import Ears, add_ears

ENGINE: Final = "stt.ears"
SAID: Final = "Please call me back"
LEO: Final = "mailbox_3200"  # the ID of the subentry
LONG: Final = "Please call me back today. " * 15
FULL: Final = 500  # messages of a mailbox
MOST_BYTES: Final = 20_000  # that a new message writes


class Home:
    """A house with the mailbox of Leo Ball, and what its event entity tells."""

    hass: HomeAssistant
    ears: Ears

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        self.folder = folder
        self.told: list[tuple[str, str]] = []
        self.heard = 0
        self.when_told: Any = None
        self._is_told = asyncio.Condition()
        configuration: ConfigType = {"ffmpeg": {"ffmpeg_bin": ffmpeg}, "engine": {}}
        self.house = House(str(folder), configuration, self._watch)

    async def start(self) -> None:
        """Start Home Assistant."""
        self.hass = await self.house.start()
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            await updated(self.hass, entry)

    async def stop(self) -> None:
        """Stop Home Assistant."""
        self.heard += len(self.ears.heard)
        await self.house.stop()

    async def crash(self) -> None:
        """End Home Assistant, which writes nothing any longer."""
        self.heard += len(self.ears.heard)
        await self.house.crash()

    async def wait_for(self, count: int) -> None:
        """Wait until so much was told."""
        async with self._is_told:
            await self._is_told.wait_for(lambda: len(self.told) >= count)

    async def listed(self) -> list[Any]:
        """Return the transcripts that the action lists."""
        answer = await call(self.hass, "list_messages", mailbox="3200")
        return [each["transcript"] for each in answer["messages"]]

    def files(self) -> str:
        """Return all that Home Assistant stores."""
        files = (self.folder / ".storage").iterdir()
        return "".join(file.read_text("utf-8") for file in files)

    def _watch(self, hass: HomeAssistant) -> None:
        async def add(hass: HomeAssistant, config: ConfigType) -> bool:
            self.ears = await add_ears(hass)
            return True

        mock_integration(hass, MockModule("engine", async_setup=add))
        async_track_state_change_event(hass, MESSAGE, self._changed)

    @callback
    def _changed(self, event: Event[Any]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if not (old and new) or "unavailable" in (old.state, new.state):
            return
        if new.attributes["event_type"] == "message_transcribed":
            told = new.attributes["text"] or new.attributes["reason"]
            self.told.append((new.attributes["message_id"], told))
            if self.when_told:
                self.when_told()
            self.hass.async_create_task(self._notify())

    async def _notify(self) -> None:
        async with self._is_told:
            self._is_told.notify_all()


@pytest.fixture
async def home(
    tmp_path: Path, ffmpeg_binary: str, http_pbx: PbxSimulator
) -> AsyncIterator[Home]:
    """Return a home whose mailbox has an engine, after a restart."""
    home = Home(tmp_path, ffmpeg_binary)
    await home.start()
    await load_with_mailboxes(
        home.hass, http_pbx, mailbox("3200", "Leo Ball", engine=ENGINE)
    )
    await home.stop()
    await home.start()
    yield home
    await home.house.stop()


@pytest.mark.parametrize("ends", [Home.stop, Home.crash])
async def test_nothing_is_transcribed_twice(
    home: Home, http_pbx: PbxSimulator, ends: Any
) -> None:
    """Nor told: also after a crash at the very moment when it is told."""
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await home.wait_for(1)
    if ends is Home.crash:
        home.when_told = home.house.cut_power
    left.append(http_pbx.leave_message("3200", "2").msg_id)
    await home.wait_for(2)
    await ends(home)
    home.when_told = None

    await home.start()
    left.append(http_pbx.leave_message("3200", "3").msg_id)
    await home.wait_for(3)
    await home.stop()

    assert home.told == [(each, SAID) for each in left]
    assert home.heard == 3


@pytest.mark.parametrize("ends", [Home.stop, Home.crash])
async def test_what_was_missed_is_caught_up(
    home: Home, http_pbx: PbxSimulator, ends: Any
) -> None:
    """What arrived meanwhile, and what the engine had not done."""
    home.ears.goes_on.clear()
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await until(lambda: bool(home.ears.heard))
    [file] = home.folder.glob(f".storage/{DOMAIN}.*.messages.*")
    while left[0] not in await asyncio.to_thread(file.read_text):
        pass
    await ends(home)
    left.append(http_pbx.leave_message("3200", "2").msg_id)

    await home.start()
    await home.wait_for(2)

    assert sorted(home.told) == [(each, SAID) for each in left]
    assert [each["state"] for each in await home.listed()] == ["text", "text"]


async def test_the_text_is_gone_with_its_message(
    home: Home, http_pbx: PbxSimulator
) -> None:
    """From all files: Home Assistant keeps the last states, too."""
    left = http_pbx.leave_message("3200", "1").msg_id
    await home.wait_for(1)
    await home.stop()
    assert SAID in home.files()

    await home.start()
    state = home.hass.states.get(MESSAGE)
    assert state
    assert (state.attributes["message_id"], state.attributes["text"]) == (left, SAID)
    http_pbx.delete_at_phone(left)
    [entry] = home.hass.config_entries.async_entries(DOMAIN)
    await entry.runtime_data.mailboxes.messages.async_refresh()
    await home.stop()

    assert SAID not in home.files()


@pytest.mark.parametrize("removes_all", [False, True])
async def test_the_text_is_gone_with_its_mailbox(
    home: Home, http_pbx: PbxSimulator, removes_all: bool
) -> None:
    """And with the PBX: Home Assistant restores nothing of it."""
    http_pbx.leave_message("3200", "1")
    await home.wait_for(1)
    entries = home.hass.config_entries
    [entry] = entries.async_entries(DOMAIN)

    if removes_all:
        await entries.async_remove(entry.entry_id)
    else:
        entries.async_remove_subentry(entry, LEO)
    await home.hass.async_block_till_done()
    await home.stop()

    assert SAID not in home.files()


async def test_a_file_of_2_1_0(
    hass: HomeAssistant, hass_storage: dict[str, Any], http_pbx: PbxSimulator
) -> None:
    """What it reported is not new, and it can read what is written now."""
    entry = entry_for(http_pbx)
    left = http_pbx.leave_message("3200", "1", announced=False).msg_id
    index, file = (
        f"{DOMAIN}.{entry.entry_id}.messages{end}" for end in ("", f".{LEO}")
    )
    version = {"version": 1, "minor_version": 1}
    hass_storage[index] = {
        **version,
        "minor_version": 2,
        "key": index,
        "data": {"mailboxes": [LEO]},
    }
    hass_storage[file] = {
        **version,
        "key": file,
        "data": {"reported": [left], "waits_since": None},
    }
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(
        entry, mailbox("3200", "Leo Ball", engine=ENGINE)
    )
    arrivals = Arrivals(hass)
    await load_again(hass, entry)

    new = http_pbx.leave_message("3200", "2").msg_id
    await arrivals.wait_for(1)
    await until(lambda: new in hass_storage[file]["data"]["reported"])

    assert arrivals.ids == [new]
    assert hass_storage[file]["version"] == hass_storage[file]["minor_version"] == 1
    assert hass_storage[file]["data"]["reported"] == [left, new]
    assert hass_storage[file]["data"]["waits_since"] is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_new_message_writes_little(
    tmp_path: Path, ffmpeg_binary: str, http_pbx: PbxSimulator
) -> None:
    """However many messages and texts the mailbox has."""
    home = Home(tmp_path, ffmpeg_binary)
    await home.start()
    http_pbx.switches.mailbox_limit = FULL
    now = time.time()
    before = [
        http_pbx.leave_message("3200", str(age), announced=False, left_at=now - age)
        for age in range(1, FULL)
    ]
    entry = await load_with_mailboxes(
        home.hass, http_pbx, mailbox("3200", "Leo Ball", engine=ENGINE)
    )
    texts = entry.runtime_data.transcriber.texts
    leo = entry.runtime_data.mailboxes["3200"]
    for message in before:
        keep_in_memory(texts.reported(leo).transcripts, message.msg_id)
    written: list[int] = []
    write = Store._write_prepared_data

    def count(store: Store[Any], mode: str, data: str | bytes) -> None:
        if store.key.startswith(DOMAIN):
            written.append(len(data))
        write(store, mode, data)

    with patch.object(Store, "_write_prepared_data", count):
        home.ears.text = LONG
        http_pbx.leave_message("3200", "new", announced=False)
        await poll(entry)
        await home.wait_for(1)
        await home.hass.async_block_till_done()

    assert len(texts.kept(leo)) == FULL
    assert len(written) >= 2
    assert sum(written) <= MOST_BYTES
    await home.house.stop()


async def test_texts_share_files(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """As many as a new one may write again; a long one has a file of its own."""
    kept = KeptTranscripts(hass, "texts")

    async def put(length: int) -> None:
        text = "x" * length
        transcript = Transcript(TranscriptState.TEXT, ENGINE, "en-US", text)
        await kept.async_put(str(len(kept.all)), transcript)

    def lengths() -> list[list[int]]:
        """Return how long the texts of each file are."""
        files = [hass_storage[key]["data"] for key in sorted(hass_storage)]
        return [[len(each["text"]) for each in file.values()] for file in files]

    for length in (350, 350, 350, 450, 350, 5000):
        await put(length)
    assert lengths() == [[350, 350, 350, 350], [450], [5000]]

    kept.async_keep(set("01234"))
    await put(6000)
    assert lengths() == [[350, 350, 350, 350], [450], [6000]]


def keep_in_memory(kept: KeptTranscripts, message_id: str) -> None:
    """Keep a text as if it had been written before."""
    transcript = Transcript(TranscriptState.TEXT, ENGINE, "en-US", LONG)
    page = kept._page_for(message_id, transcript)
    page.transcripts[message_id] = transcript
    kept._collect()
