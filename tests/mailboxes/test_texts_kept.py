"""The texts of messages outlive restarts and crashes, and writing them is cheap."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import time
from typing import Any, Final, override
from unittest.mock import patch

from homeassistant.core import HomeAssistant
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
from tests.common import call, entry_for
from tests.engines import ENGINE, SAID, Engine, add_engine
from tests.restarts import House

from .common import (
    MESSAGE,
    Arrivals,
    leo_ball,
    load_again,
    load_with_mailboxes,
    poll,
    until,
)
from .house import MailboxHouse

LEO: Final = "mailbox_3200"  # the ID of the subentry
LONG: Final = "Please call me back today. " * 15
FULL: Final = 500  # messages of a mailbox
MOST_BYTES: Final = 20_000  # that a new message writes


class TranscribingHouse(MailboxHouse):
    """A house with an engine, and what the event entity of Leo Ball tells."""

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        """Begin with an empty folder."""
        super().__init__(folder, ffmpeg, {"engine": {}})
        self.arrivals = Arrivals()
        self.engines: list[Engine] = []
        """That of each Home Assistant."""

    @override
    def watch(self, hass: HomeAssistant) -> None:
        async def add(hass: HomeAssistant, config: ConfigType) -> bool:
            self.engines.append(await add_engine(hass))
            return True

        mock_integration(hass, MockModule("engine", async_setup=add))
        self.arrivals.listen(hass)

    async def listed(self) -> list[Any]:
        """Return the transcripts that the action lists."""
        answer = await call(self.hass, "list_messages", mailbox="3200")
        return [each["transcript"] for each in answer["messages"]]

    def files(self) -> str:
        """Return all that Home Assistant stores."""
        files = (self.folder / ".storage").iterdir()
        return "".join(file.read_text("utf-8") for file in files)


@pytest.fixture
async def home(
    tmp_path: Path, ffmpeg_binary: str, http_pbx: PbxSimulator
) -> AsyncIterator[TranscribingHouse]:
    """Return a home whose mailbox has an engine, after a restart."""
    home = TranscribingHouse(tmp_path, ffmpeg_binary)
    await home.start()
    await load_with_mailboxes(home.hass, http_pbx, leo_ball(engine=ENGINE))
    await home.restart()
    yield home
    await home.stop()


@pytest.mark.parametrize("ends", [House.stop, House.crash])
async def test_nothing_is_transcribed_twice(
    home: TranscribingHouse, http_pbx: PbxSimulator, ends: Any
) -> None:
    """Nor told: also after a crash at the very moment when it is told."""
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await home.arrivals.wait_for_texts(1)
    if ends is House.crash:
        home.cut_power_when_told(MESSAGE, "message_transcribed")
    left.append(http_pbx.leave_message("3200", "2").msg_id)
    await home.arrivals.wait_for_texts(2)
    await ends(home)

    await home.start()
    left.append(http_pbx.leave_message("3200", "3").msg_id)
    await home.arrivals.wait_for_texts(3)
    await home.stop()

    assert home.arrivals.texts == [(each, SAID) for each in left]
    assert sum(len(each.heard) for each in home.engines) == 3
    # What came before the last message is not waited for.
    [file] = (home.folder / ".storage").glob(f"*{LEO}")
    assert json.loads(file.read_text("utf-8"))["data"]["awaiting_text"] == left[-1:]


@pytest.mark.parametrize("ends", [House.stop, House.crash])
async def test_what_was_missed_is_caught_up(
    home: TranscribingHouse, http_pbx: PbxSimulator, ends: Any
) -> None:
    """What arrived meanwhile, and what the engine had not done."""
    home.engines[-1].goes_on.clear()
    left = [http_pbx.leave_message("3200", "1").msg_id]
    await until(lambda: home.engines[-1].heard)
    await home.written(left[0])
    await ends(home)
    left.append(http_pbx.leave_message("3200", "2").msg_id)

    await home.start()
    await home.arrivals.wait_for_texts(2)

    assert sorted(home.arrivals.texts) == [(each, SAID) for each in left]
    assert [each["state"] for each in await home.listed()] == ["text", "text"]


async def test_the_text_is_gone_with_its_message(
    home: TranscribingHouse, http_pbx: PbxSimulator
) -> None:
    """From all files: Home Assistant keeps the last states, too."""
    left = http_pbx.leave_message("3200", "1").msg_id
    await home.arrivals.wait_for_texts(1)
    await home.stop()
    assert SAID in home.files()

    await home.start()
    state = home.hass.states.get(MESSAGE)
    assert state
    assert (state.attributes["message_id"], state.attributes["text"]) == (left, SAID)
    http_pbx.delete_at_phone(left)
    await home.entry.runtime_data.mailboxes.messages.async_refresh()
    await home.stop()

    assert SAID not in home.files()


@pytest.mark.parametrize("removes_all", [False, True])
async def test_the_text_is_gone_with_its_mailbox(
    home: TranscribingHouse, http_pbx: PbxSimulator, removes_all: bool
) -> None:
    """And with the PBX: Home Assistant restores nothing of it."""
    http_pbx.leave_message("3200", "1")
    await home.arrivals.wait_for_texts(1)
    entries, entry = home.hass.config_entries, home.entry

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
    hass.config_entries.async_add_subentry(entry, leo_ball(engine=ENGINE))
    arrivals = Arrivals(hass)
    await load_again(hass, entry)

    new = http_pbx.leave_message("3200", "2").msg_id
    await arrivals.wait_for(1)
    await until(lambda: new in hass_storage[file]["data"]["reported"])

    assert arrivals.ids == [new]
    assert hass_storage[file]["version"] == hass_storage[file]["minor_version"] == 1
    assert hass_storage[file]["data"]["reported"] == [left, new]
    assert hass_storage[file]["data"]["waits_since"] is None


async def test_files_of_2_2_0(
    hass: HomeAssistant, hass_storage: dict[str, Any], http_pbx: PbxSimulator
) -> None:
    """What they have is shown, and what waits for its text waits on."""
    entry = entry_for(http_pbx)
    said = {"text": SAID, "no_speech": "", "failed": "", "language_unknown": ""}
    left = [
        http_pbx.leave_message("3200", state, announced=False).msg_id
        for state in (*said, "pending")
    ]
    transcripts = {
        message_id: {
            "state": state,
            "engine": ENGINE,
            "language": "en-US",
            "text": text,
            "failures": 0,
            "retry_at": None,
        }
        for message_id, (state, text) in zip(left, said.items(), strict=False)
    }
    reported = {"reported": left, "waits_since": None, "awaiting_text": left[-1:]}
    for name, minor_version, data in (
        ("messages", 2, {"mailboxes": [LEO]}),
        (f"messages.{LEO}", 1, reported),
        (f"texts.{LEO}.0", 1, transcripts),
    ):
        key = f"{DOMAIN}.{entry.entry_id}.{name}"
        hass_storage[key] = {
            "version": 1,
            "minor_version": minor_version,
            "key": key,
            "data": data,
        }
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, leo_ball(engine=ENGINE))
    arrivals = Arrivals(hass)
    await load_again(hass, entry)

    answer = await call(hass, "list_messages", mailbox="3200")

    assert arrivals.ids == []
    assert [each["transcript"] for each in reversed(answer["messages"])] == [
        {"state": "text", "language": "en-US", "text": SAID},
        *({"state": state, "language": "en-US"} for state in [*said][1:]),
        {"state": "pending", "language": ""},
    ]


async def test_a_new_message_writes_little(
    tmp_path: Path, ffmpeg_binary: str, http_pbx: PbxSimulator
) -> None:
    """However many messages and texts the mailbox has."""
    home = TranscribingHouse(tmp_path, ffmpeg_binary)
    await home.start()
    http_pbx.switches.mailbox_limit = FULL
    now = time.time()
    before = [
        http_pbx.leave_message("3200", str(age), announced=False, left_at=now - age)
        for age in range(1, FULL)
    ]
    entry = await load_with_mailboxes(home.hass, http_pbx, leo_ball(engine=ENGINE))
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
        home.engines[-1].text = LONG
        http_pbx.leave_message("3200", "new", announced=False)
        await poll(entry)
        await home.arrivals.wait_for_texts(1)
        await home.hass.async_block_till_done()

    assert len(texts.kept(leo)) == FULL
    assert len(written) >= 2
    assert sum(written) <= MOST_BYTES
    await home.stop()


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

    del hass_storage["texts.0"], hass_storage["texts.2"]
    kept.async_keep(kept.all.keys() - {"4"})
    await until(lambda: "texts.0" in hass_storage)
    assert lengths() == [[350, 350, 350], [450]]


async def test_a_file_that_is_damaged(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Its texts are lost, and no others: none is made again or left behind."""
    before = KeptTranscripts(hass, "texts")
    for message_id in "012":
        long = Transcript(TranscriptState.TEXT, ENGINE, "en-US", message_id * 5000)
        await before.async_put(message_id, long)
    del hass_storage["texts.1"]  # Home Assistant gives a damaged file another name.

    kept = KeptTranscripts(hass, "texts")
    await kept.async_load()

    assert [*kept.all] == ["0", "2"]
    await kept.async_put("1", Transcript(TranscriptState.TEXT, ENGINE, "en-US", SAID))
    assert sorted(hass_storage) == ["texts.0", "texts.1", "texts.2"]
    await kept.async_remove()
    assert not hass_storage


def keep_in_memory(kept: KeptTranscripts, message_id: str) -> None:
    """Keep a text as if it had been written before."""
    transcript = Transcript(TranscriptState.TEXT, ENGINE, "en-US", LONG)
    page = kept._page_for(message_id, transcript)
    page.transcripts[message_id] = transcript
    kept._collect()
