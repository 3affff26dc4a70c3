"""Changes whose answer does not arrive, or is not one: what the PBX has is told."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import AfterActing, Fault, Oddity, Outage, PbxSimulator
from tests.common import endpoints
from tests.gate import Gate
from tests.hourglass import Hourglass, Waiting

from .home import (
    DELETE,
    LIST,
    RENAME,
    UPLOAD,
    Later,
    Shelf,
    act,
    greetings,
    refused,
    told,
    upload,
)
from .recordings import pitch

LOST = "The PBX closed the connection before its answer was complete."
NOT_A_PBX = (
    "The answer does not come from a Yeastar P-Series PBX. Check the URL and that no "
    "proxy is in the way."
)
# What leaves the client without an answer that says whether the PBX acted.
NO_ANSWERS = [
    (Fault.RESET, LOST),
    (Fault.CLOSE, LOST),
    (Fault.HTML, NOT_A_PBX),
    (Fault.EMPTY, NOT_A_PBX),
    (Fault.NO_ERRCODE, NOT_A_PBX),
    (Fault.BAD_GATEWAY_502, "The PBX is not available right now."),
]


@pytest.mark.usefixtures("shelf")
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


@pytest.mark.usefixtures("shelf")
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


@pytest.mark.usefixtures("shelf")
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


@pytest.mark.usefixtures("shelf")
async def test_an_upload_that_nobody_answers(
    hass: HomeAssistant, pbx: PbxSimulator, freezer: FrozenDateTimeFactory
) -> None:
    """It has five minutes, and what came of it is looked up."""
    hass.loop.set_debug(False)
    pbx.faults[UPLOAD] = Waiting(Fault.SILENT, Hourglass(freezer))

    assert await refused(hass, "holiday") == (
        "The PBX did not answer in time. The greetings of 3201 were not changed."
    )


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("acted", [False, True])
async def test_a_pbx_that_is_gone_after_an_upload(
    hass: HomeAssistant, pbx: PbxSimulator, acted: bool
) -> None:
    """Nobody can say whether it has the greeting, and the error does not pretend to."""
    pbx.faults[UPLOAD] = AfterActing(Fault.RESET) if acted else Fault.RESET
    pbx.faults[LIST] = Later(Fault.RESET)

    assert await refused(hass, "holiday") == (
        f"{LOST} It is not known whether the PBX changed the greetings of 3201. "
        "Check them before you try again."
    )


@pytest.mark.usefixtures("shelf")
async def test_a_list_that_cannot_be_read_after_success(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The error says that the PBX has the greeting."""
    pbx.faults[LIST] = Later(Fault.HTML)

    assert await refused(hass, "holiday") == (
        f"{NOT_A_PBX} The PBX accepted the change, but the greetings of 3201 could not "
        "be read afterwards."
    )
    assert [*greetings(pbx, "3201")] == ["holiday.wav"]


@pytest.mark.usefixtures("shelf")
async def test_audio_that_cannot_be_compared(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nothing is claimed."""
    pbx.faults[UPLOAD] = AfterActing(Fault.RESET)
    pbx.faults["download"] = Fault.RESET

    message = await refused(hass, "vm_welcome", extension="3200", overwrite=True)

    assert "It is not known whether the PBX changed" in message


@pytest.mark.usefixtures("shelf")
async def test_a_pbx_that_cannot_be_reached(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nothing is sent, and nothing else is said."""
    await pbx.begin_outage(Outage.REFUSED)

    assert await refused(hass, "holiday") == (
        "The PBX cannot be reached: nothing answers at its address and port."
    )


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("oddity", Oddity)
async def test_an_answer_that_is_written_otherwise(
    hass: HomeAssistant, pbx: PbxSimulator, oddity: Oddity
) -> None:
    """It is one nevertheless."""
    pbx.faults[UPLOAD] = oddity

    await upload(hass, "holiday")

    assert [*greetings(pbx, "3201")] == ["holiday.wav"]


async def test_an_entry_that_is_unloaded_meanwhile(
    hass: HomeAssistant, pbx: PbxSimulator, entry: MockConfigEntry, shelf: Shelf
) -> None:
    """The upload ends, and so does whoever waits for it."""
    gate = Gate(pbx, UPLOAD, busy=True)
    calls = [asyncio.create_task(upload(hass, "holiday")) for _ in range(2)]
    await gate.arrived()

    await hass.config_entries.async_unload(entry.entry_id)
    first, second = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(first, HomeAssistantError)
    assert "It is not known whether the PBX changed" in str(first)
    assert isinstance(second, HomeAssistantError)
    assert "Home Assistant reloaded or stopped the integration" in str(second)
    assert greetings(pbx, "3201") == {}
    gate.open()


@pytest.mark.usefixtures("shelf")
async def test_an_automation_that_is_stopped_meanwhile(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The next upload does not wait for it."""
    gate = Gate(pbx, UPLOAD, busy=True)
    call = asyncio.create_task(upload(hass, "holiday"))
    await gate.arrived()

    call.cancel()
    await asyncio.wait([call])
    gate.open()

    assert (await upload(hass, "holiday_2"))["file"] == "holiday_2.wav"


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("fault", [fault for fault, _ in NO_ANSWERS])
async def test_other_changes_that_arrived(
    hass: HomeAssistant, pbx: PbxSimulator, fault: Fault
) -> None:
    """The list shows that they did."""
    pbx.faults[RENAME] = pbx.faults[DELETE] = AfterActing(fault)

    renamed = await act(
        hass, "rename_greeting", extension="0042", file="hello", new_name="bye"
    )
    deleted = await act(hass, "delete_greeting", extension="0042", file="bye")

    assert (renamed["file"], deleted["file"]) == ("bye.wav", "bye.wav")
    assert greetings(pbx, "0042") == {}


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(("fault", "reason"), NO_ANSWERS)
async def test_other_changes_that_did_not_arrive(
    hass: HomeAssistant, pbx: PbxSimulator, fault: Fault, reason: str
) -> None:
    """The list shows that, too, and nothing is sent twice."""
    pbx.faults[RENAME] = pbx.faults[DELETE] = fault
    call = {"extension": "0042", "file": "hello.wav"}

    for message in (
        await told(hass, "rename_greeting", **call, new_name="bye"),
        await told(hass, "delete_greeting", **call),
    ):
        assert message == f"{reason} The greetings of 0042 were not changed."
    assert [*greetings(pbx, "0042")] == ["hello.wav"]
    assert endpoints(pbx) == [LIST, RENAME, LIST, LIST, DELETE, LIST]
