"""Changes whose answer does not arrive, or is not one: what the PBX has is told.

What every fault comes to, at every change, is in the table of changes.
"""

import asyncio
import gc
import os
from pathlib import Path
import tracemalloc
from typing import Any

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.yeastar_vm.services.greetings import box
from custom_components.yeastar_vm.services.greetings.box import LIST_TIME
from simulator import AfterActing, Fault, Outage, PbxSimulator, SimulatedGreeting
from tests.clock import Clock
from tests.common import arrival, call, endpoints
from tests.gate import Gate

from .home import (
    DELETE,
    LIST,
    RENAME,
    SONG,
    UPLOAD,
    Later,
    Shelf,
    greetings,
    refused,
    told,
    upload,
)
from .recordings import pitch

pytestmark = pytest.mark.usefixtures("shelf")

LOST = (
    "The PBX closed the connection before its answer was complete. Check that its web "
    "portal opens, and that the network between it and Home Assistant is stable."
)
UNAVAILABLE = (
    "The PBX is not available right now. It may be starting or updating. Wait until "
    "its web portal opens."
)
NOT_A_PBX = (
    "The answer does not come from a Yeastar P-Series PBX. Check the URL and that no "
    'proxy is in the way. If both are right, select Configure for the PBX, then "Check '
    'the PBX" to see what it answers.'
)
# What leaves the client without an answer that says whether the PBX acted.
NO_ANSWERS = [
    (Fault.RESET, LOST),
    (Fault.CLOSE, LOST),
    (Fault.HTML, NOT_A_PBX),
    (Fault.EMPTY, NOT_A_PBX),
    (Fault.NO_ERRCODE, NOT_A_PBX),
    (Fault.BAD_GATEWAY_502, UNAVAILABLE),
]


@pytest.mark.parametrize(("fault", "reason"), NO_ANSWERS)
async def test_an_upload_that_did_not_arrive(
    hass: HomeAssistant, pbx: PbxSimulator, fault: Fault, reason: str
) -> None:
    """The error says that nothing was changed, and why."""
    pbx.faults[UPLOAD] = fault

    assert await refused(hass, "holiday") == (
        f"{reason} The greetings of 3201 were not changed."
    )
    assert endpoints(pbx)[-2:] == [UPLOAD, LIST]
    assert endpoints(pbx).count(UPLOAD) == 1


@pytest.mark.parametrize("fault", [fault for fault, _ in NO_ANSWERS])
@pytest.mark.parametrize("extension", ["3200", "3201"])
async def test_an_upload_that_arrived(
    hass: HomeAssistant, pbx: PbxSimulator, extension: str, fault: Fault
) -> None:
    """The list, or the audio where there was a greeting before, shows that it did."""
    pbx.faults[UPLOAD] = AfterActing(fault)

    response = await upload(hass, "vm_welcome", extension=extension, overwrite=True)

    stored = greetings(pbx, extension)["vm_welcome.wav"]
    assert response["file"] == "vm_welcome.wav"
    assert response["overwritten"] is (extension == "3200")
    assert pitch(stored) == pytest.approx(1000, rel=0.02)
    assert endpoints(pbx).count(UPLOAD) == 1
    assert ("download" in endpoints(pbx)) is (extension == "3200")


@pytest.mark.parametrize("length", [0, 1, 300, 8000, 16_300])
@pytest.mark.parametrize("extension", ["3200", "3201"])
async def test_an_upload_that_breaks_off(
    hass: HomeAssistant, pbx: PbxSimulator, extension: str, length: int
) -> None:
    """Whatever is there is what was there before."""
    before = greetings(pbx, extension)
    pbx.cuts[UPLOAD] = length

    message = await refused(hass, "vm_welcome", extension=extension, overwrite=True)

    assert message == (
        f"{LOST} The greeting of 3200 is not what was uploaded. Upload it again."
        if extension == "3200"
        else f"{LOST} The greetings of 3201 were not changed."
    )
    assert greetings(pbx, extension) == before


@pytest.mark.parametrize("acted", [False, True])
async def test_a_pbx_that_is_gone_after_an_upload(
    hass: HomeAssistant, pbx: PbxSimulator, acted: bool
) -> None:
    """Nobody can say whether it has the greeting, and the error does not pretend to."""
    pbx.faults[UPLOAD] = AfterActing(Fault.RESET) if acted else Fault.RESET
    pbx.faults[LIST] = Later(Fault.RESET, 2)

    assert await refused(hass, "holiday") == (
        f"{LOST} It is not known whether the PBX changed the greetings of 3201. "
        "Check them before you try again."
    )


async def test_a_list_that_cannot_be_read_after_success(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The error says that the PBX has the greeting."""
    pbx.faults[LIST] = Later(Fault.HTML, 2)

    assert await refused(hass, "holiday") == (
        f"{NOT_A_PBX} The PBX accepted the change, but the greetings of 3201 could not "
        "be read afterwards. Check them on the PBX."
    )
    assert [*greetings(pbx, "3201")] == ["holiday.wav"]


async def test_a_pbx_that_stores_other_bytes(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """It has the new greeting, which sounds like what was uploaded."""
    pbx.switches.upload_rewritten = True
    pbx.faults[UPLOAD] = AfterActing(Fault.RESET)

    response = await upload(hass, "vm_welcome", extension="3200", overwrite=True)

    assert response["overwritten"] is True
    stored = greetings(pbx, "3200")["vm_welcome.wav"]
    assert pitch(stored) == pytest.approx(1000, rel=0.02)


async def test_audio_that_cannot_be_compared(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nothing is claimed."""
    pbx.faults[UPLOAD] = AfterActing(Fault.RESET)
    pbx.faults["download"] = Fault.RESET

    message = await refused(hass, "vm_welcome", extension="3200", overwrite=True)

    assert "It is not known whether the PBX changed" in message


async def test_a_pbx_that_cannot_be_reached(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nothing is sent, and nothing else is said."""
    await pbx.begin_outage(Outage.REFUSED)

    assert await refused(hass, "holiday") == (
        "The PBX cannot be reached: nothing answers at its address and port. Check "
        "that it is running, or select Reconfigure in the integration's menu to "
        "correct the address."
    )


async def test_an_entry_that_is_unloaded_meanwhile(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry
) -> None:
    """The upload ends, and so does whoever waits for it."""
    gate = Gate(pbx, UPLOAD, busy=True)
    calls = [asyncio.create_task(upload(hass, "holiday")) for _ in range(2)]
    await gate.arrived()

    await hass.config_entries.async_unload(entry.entry_id)
    ended = await asyncio.gather(*calls, return_exceptions=True)

    assert all(isinstance(each, HomeAssistantError) for each in ended)
    sent, waited = sorted(map(str, ended), key=lambda text: "not known" not in text)
    assert sent == (
        "This was interrupted, because the integration was reloaded or Home Assistant "
        "is stopping. It is not known whether the PBX changed the greetings of 3201. "
        "Check them before you try again"
    )
    assert "not known" not in waited
    assert greetings(pbx, "3201") == {}
    gate.open()


async def test_an_automation_that_is_stopped_meanwhile(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The next upload does not wait for it."""
    gate = Gate(pbx, UPLOAD, busy=True)
    uploading = asyncio.create_task(upload(hass, "holiday"))
    await gate.arrived()

    uploading.cancel()
    await asyncio.wait([uploading])
    gate.open()

    assert (await upload(hass, "holiday_2"))["file"] == "holiday_2.wav"


@pytest.mark.parametrize(("fault", "reason"), NO_ANSWERS)
async def test_other_changes_that_did_not_arrive(
    hass: HomeAssistant, pbx: PbxSimulator, fault: Fault, reason: str
) -> None:
    """The list shows that, too, and nothing is sent twice."""
    pbx.faults[RENAME] = pbx.faults[DELETE] = fault
    greeting = {"extension": "0042", "file": "hello.wav"}

    for message in (
        await told(hass, "rename_greeting", **greeting, new_name="bye"),
        await told(hass, "delete_greeting", **greeting),
    ):
        assert message == f"{reason} The greetings of 0042 were not changed."
    assert [*greetings(pbx, "0042")] == ["hello.wav"]
    assert endpoints(pbx) == [LIST, RENAME, LIST, LIST, DELETE, LIST]


@pytest.mark.parametrize("seconds", [0.3, 3])
async def test_a_pbx_that_lists_a_greeting_later(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    """Its list is looked at for some seconds before anything is said."""
    monkeypatch.setattr(box, "LIST_TIME", 5)
    pbx.switches.stored_after = seconds

    sent = arrival(pbx, UPLOAD)
    uploading = asyncio.create_task(upload(hass, "holiday"))
    await sent.wait()

    with clock.running():
        response = await uploading

    assert response["file"] == "holiday.wav"


async def test_a_pbx_that_does_not_list_a_greeting(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its list is looked at twice a second, for five seconds."""
    monkeypatch.setattr(box, "LIST_TIME", LIST_TIME)
    pbx.switches.stored_after = 60

    with clock.running():
        message = await refused(hass, "x", extension="3200")

    assert "its list of greetings does not show it" in message
    assert endpoints(pbx) == [LIST, LIST, UPLOAD, *[LIST] * 11]


async def hanging_conversion(
    hass: HomeAssistant, tmp_path: Path
) -> asyncio.Task[dict[str, Any]]:
    """Let an upload wait for an ffmpeg that never ends; return it."""
    started = tmp_path / "started"
    os.mkfifo(started)
    binary = tmp_path / "ffmpeg"
    binary.write_text(f"#!/bin/sh\necho > {started}\nexec sleep 600\n")
    binary.chmod(0o755)
    get_ffmpeg_manager(hass)._bin = str(binary)
    uploading = asyncio.create_task(upload(hass, "holiday"))
    await asyncio.to_thread(started.read_text)
    return uploading


async def test_an_entry_that_is_reloaded_while_the_media_is_converted(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, tmp_path: Path
) -> None:
    """Nothing was sent, and the error says so."""
    uploading = await hanging_conversion(hass, tmp_path)

    async with asyncio.timeout(10):
        await hass.config_entries.async_reload(entry.entry_id)
        with pytest.raises(HomeAssistantError) as caught:
            await uploading

    assert str(caught.value) == (
        "This was interrupted, because the integration was reloaded or Home Assistant "
        "is stopping. Run it again once the PBX is connected. The greetings of 3201 "
        "were not changed"
    )
    assert UPLOAD not in endpoints(pbx)


async def test_home_assistant_stops_while_the_media_is_converted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    possible_warnings: list[str],
) -> None:
    """It does not wait for that."""
    # Here, nothing else takes time when it stops.
    possible_warnings.append("was still running after final writes")
    uploading = await hanging_conversion(hass, tmp_path)

    async with asyncio.timeout(3):
        await hass.async_stop(force=True)

    await asyncio.wait([uploading], timeout=3)
    assert uploading.done()


async def test_other_boxes_and_changes_do_not_wait_for_the_media(
    hass: HomeAssistant, pbx: PbxSimulator, tmp_path: Path
) -> None:
    """Not even those of the same box."""
    pbx.extensions["3201"].greetings = [SimulatedGreeting("old.wav")]
    uploading = await hanging_conversion(hass, tmp_path)

    await call(hass, "delete_greeting", extension="3201", file="old.wav")

    assert greetings(pbx, "3201") == {}
    uploading.cancel()
    await asyncio.wait([uploading])


async def test_refused_media_takes_no_memory(hass: HomeAssistant, shelf: Shelf) -> None:
    """Home Assistant keeps the error of an action for administrators for a while."""
    media = shelf.put("broken.bin", os.urandom(8_000_000))
    await refused(hass, "holiday", media=media)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(3):
            await refused(hass, "holiday", media=media)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()

    assert taken < 4_000_000


async def test_an_error_is_in_one_language(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """What happened and why is in that of Home Assistant, in the log, too."""
    hass.config.language = "de"
    pbx.faults[UPLOAD] = Fault.RESET

    with pytest.raises(HomeAssistantError) as caught:
        await upload(hass, "holiday")

    reason = (
        "Die Telefonanlage hat die Verbindung geschlossen, bevor ihre Antwort "
        "vollständig war. Prüfe, ob sich ihr Webportal öffnen lässt und ob das "
        "Netzwerk zwischen ihr und Home Assistant stabil ist."
    )
    assert str(caught.value) == (
        f"{reason} Die Begrüßungen von 3201 wurden nicht geändert"
    )
    assert caught.value.translation_placeholders == {
        "number": "3201",
        "reason": reason,
    }


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("upload_greeting", {"file": "new", "media": SONG}),
        ("record_greeting", {"file": "new", "recorder": "3200"}),
        ("rename_greeting", {"file": "hello", "new_name": "new"}),
        ("delete_greeting", {"file": "hello"}),
    ],
)
async def test_a_change_needs_the_pbx_that_it_names(
    hass: HomeAssistant, pbx: PbxSimulator, action: str, data: dict[str, str]
) -> None:
    """It cannot be undone: the only one that is left may not be the one."""
    greeting = {"extension": "0042", "config_entry_id": "gone", **data}

    message = await told(hass, action, **greeting)

    assert message.startswith("The PBX of this action is no longer set up.")
    assert pbx.requests == []
