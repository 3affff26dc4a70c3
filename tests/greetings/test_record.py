"""Recording greetings at a phone; time is moved, nobody waits."""

import asyncio
from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from simulator import AfterActing, Fault, PbxSimulator
from simulator.default_mail import default_groups
from simulator.phones import Phone, Reaction
from tests.clock import Clock
from tests.common import arrival, call, endpoints
from tests.gate import Gate

from .home import LIST, RECORD, Later, greetings, told

HOLIDAY = {"extension": "3201", "recorder": "3200", "file": "holiday"}
TOO_LATE = (
    "No recording arrived within 60 seconds. The phone of 3200 was busy or not "
    "answered, or the recording took longer. Check the greetings before you try again."
)


@pytest.fixture
async def time_passes(
    hass: HomeAssistant, entry: MockConfigEntry, clock: Clock
) -> AsyncIterator[None]:
    """Let time pass while somebody waits."""
    with clock.running():
        yield


async def test_a_recording(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
) -> None:
    """The answer comes when the greeting is there, a few seconds after hanging up."""
    phone = pbx.calls.phones["3200"] = Phone(rings=8, talks=12)
    began = hass.loop.time()

    with clock.running():
        response = await call(hass, "record_greeting", **HOLIDAY)

    assert response == {
        "extension": "3201",
        "file": "holiday.wav",
        "media_content_id": (
            f"media-source://yeastar_vm/{pbx.serial_number}/greetings/3201/holiday.wav"
        ),
    }
    assert greetings(pbx, "3201")["holiday.wav"] == phone.speech
    assert 20 <= hass.loop.time() - began <= 60
    assert endpoints(pbx).count(RECORD) == 1


@pytest.mark.usefixtures("time_passes")
async def test_a_group(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Somebody records a greeting for it at their phone."""
    pbx.groups = default_groups()

    response = await call(hass, "record_greeting", **{**HOLIDAY, "extension": "6400"})

    assert response["file"] == "holiday.wav"
    assert endpoints(pbx).count("vm_greeting/record") == 1


@pytest.mark.usefixtures("time_passes")
@pytest.mark.parametrize(
    "phone",
    [
        Phone(Reaction.NOT_ANSWERED, rings=30),
        Phone(Reaction.BUSY),
        Phone(Reaction.UNREGISTERED),
        Phone(rings=10, talks=300),
    ],
    ids=lambda phone: f"{phone.reaction}_{phone.talks}",
)
async def test_no_recording_in_time(
    hass: HomeAssistant, pbx: PbxSimulator, phone: Phone
) -> None:
    """The error says so, and the phone does not ring again."""
    pbx.calls.phones["3200"] = phone
    began = hass.loop.time()

    assert await told(hass, "record_greeting", **HOLIDAY) == TOO_LATE

    assert 60 <= hass.loop.time() - began <= 100
    assert endpoints(pbx).count(RECORD) == 1
    assert endpoints(pbx).count(LIST) == 31  # before it rings, and every two seconds


@pytest.mark.usefixtures("time_passes")
async def test_more_time(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """For who has a lot to say."""
    pbx.calls.phones["3200"] = Phone(rings=10, talks=300)

    response = await call(hass, "record_greeting", **HOLIDAY, timeout=400.0)

    assert response["file"] == "holiday.wav"


@pytest.mark.usefixtures("time_passes")
async def test_less_time(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """For who wants to know soon."""
    pbx.calls.phones["3200"] = Phone(Reaction.NOT_ANSWERED, rings=30)

    for seconds, looks in (10, 5), (11, 6):
        pbx.requests.clear()
        message = await told(hass, "record_greeting", **HOLIDAY, timeout=seconds)

        assert message.startswith(f"No recording arrived within {seconds} seconds.")
        assert endpoints(pbx).count(LIST) == 1 + looks


@pytest.mark.usefixtures("time_passes")
@pytest.mark.parametrize("errcode", [1, 2])
async def test_a_call_that_is_under_way(
    hass: HomeAssistant, pbx: PbxSimulator, errcode: int
) -> None:
    """The phone may ring: the recording is waited for."""
    pbx.errcodes[RECORD] = errcode

    message = await told(hass, "record_greeting", **HOLIDAY)

    assert f"error {errcode}" in message
    assert "It is not known whether the PBX changed the greetings of 3201." in message


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("seconds", [9, 601, "long"])
async def test_a_timeout_has_bounds(hass: HomeAssistant, seconds: object) -> None:
    """And is a number."""
    with pytest.raises(vol.Invalid):
        await call(hass, "record_greeting", **HOLIDAY, timeout=seconds)


@pytest.mark.usefixtures("entry")
async def test_a_busy_phone_that_the_pbx_tells_of(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The error does not wait."""
    pbx.switches.unreachable_recorder = 40003
    pbx.calls.phones["3200"] = Phone(Reaction.BUSY)

    assert await told(hass, "record_greeting", **HOLIDAY) == (
        "The PBX already has a greeting with this name. Use another name."
    )
    assert endpoints(pbx)[-1] == RECORD


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"extension": "0042", "file": "hello.wav"},
            'The voicemail of 0042 already has a greeting named "hello.wav". Use '
            'another name. To replace the greeting, use the action "Upload greeting" '
            'with the option "Overwrite".',
        ),
        ({"recorder": " "}, "Enter the number of the extension whose phone rings."),
        (
            {"file": "my greeting"},
            '"my greeting" cannot be the name of a greeting. Use only the letters A to '
            "Z, digits, underscores, and hyphens, and at most 250 characters.",
        ),
        (
            {"extension": "9999"},
            "The PBX has no extension or group voicemail 9999. Check the number. In "
            "YAML, put a number that begins with zeros in quotation marks.",
        ),
    ],
)
async def test_what_cannot_be_recorded(
    hass: HomeAssistant, pbx: PbxSimulator, data: dict[str, str], message: str
) -> None:
    """No phone rings."""
    assert await told(hass, "record_greeting", **{**HOLIDAY, **data}) == message
    assert RECORD not in endpoints(pbx)


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("errcode", "message"),
    [
        (10001, "The PBX's firmware cannot change greetings over its API."),
        (10009, "The PBX does not allow Home Assistant to change greetings."),
        (60001, "The PBX has no extension 3200 whose phone could ring."),
        (60002, "The PBX does not accept any more greetings for this voicemail."),
        (-2, "The PBX answered with error -2."),
    ],
)
async def test_what_the_pbx_refuses(
    hass: HomeAssistant, pbx: PbxSimulator, errcode: int, message: str
) -> None:
    """The error says why, at once."""
    pbx.errcodes[RECORD] = errcode

    assert message in await told(hass, "record_greeting", **HOLIDAY)
    assert endpoints(pbx)[-1] == RECORD


@pytest.mark.usefixtures("time_passes")
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HALF, Fault.HTML])
async def test_a_call_whose_answer_is_lost(
    hass: HomeAssistant, pbx: PbxSimulator, fault: Fault
) -> None:
    """The phone rings nevertheless, once, and the recording is waited for."""
    pbx.faults[RECORD] = AfterActing(fault)

    response = await call(hass, "record_greeting", **HOLIDAY)

    assert response["file"] == "holiday.wav"
    assert endpoints(pbx).count(RECORD) == 1


@pytest.mark.usefixtures("time_passes")
async def test_a_call_that_did_not_arrive(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Nobody can know that it did not, and it is not repeated."""
    pbx.faults[RECORD] = Fault.RESET

    assert await told(hass, "record_greeting", **HOLIDAY) == (
        "The PBX closed the connection before its answer was complete. Check that its "
        "web portal opens, and that the network between it and Home Assistant is "
        "stable. It is not known whether the PBX changed the greetings of 3201. Check "
        "them before you try again."
    )
    assert endpoints(pbx).count(RECORD) == 1


@pytest.mark.usefixtures("time_passes")
async def test_a_pbx_that_is_away_for_a_moment(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The recording is found when it is back."""
    pbx.faults[LIST] = Later(Fault.RESET)
    gone = asyncio.get_running_loop().call_later(20, pbx.faults.clear)

    response = await call(hass, "record_greeting", **HOLIDAY)

    assert response["file"] == "holiday.wav"
    gone.cancel()


@pytest.mark.usefixtures("time_passes")
@pytest.mark.parametrize(
    "trouble",
    [
        *(70082, -2, 10005, 60002),
        *(Fault.HTML, Fault.NOT_FOUND_404, Fault.UNAUTHORIZED_401_JSON, Fault.EMPTY),
        *(Fault.RESET, Fault.BAD_GATEWAY_502, Fault.NOT_JSON),
    ],
)
@pytest.mark.parametrize("ends", [True, False])
async def test_odd_answers_while_somebody_speaks(
    hass: HomeAssistant, pbx: PbxSimulator, trouble: int | Fault, *, ends: bool
) -> None:
    """The list is looked at until the time is over. The phone rings once."""
    rings = arrival(pbx, RECORD)
    recording = asyncio.create_task(call(hass, "record_greeting", **HOLIDAY))
    await rings.wait()
    if isinstance(trouble, Fault):
        pbx.faults[LIST] = trouble
    else:
        pbx.errcodes[LIST] = trouble
    if ends:
        loop = asyncio.get_running_loop()
        loop.call_later(25, pbx.faults.clear)
        loop.call_later(25, pbx.errcodes.clear)

    if ends:
        assert (await recording)["file"] == "holiday.wav"
    else:
        with pytest.raises(HomeAssistantError, match="It is not known whether the PBX"):
            await recording
    assert endpoints(pbx).count(RECORD) == 1


async def test_an_entry_that_is_unloaded_meanwhile(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    clock: Clock,
) -> None:
    """Whoever waits is told within seconds."""
    rings = arrival(pbx, RECORD)
    recording = asyncio.create_task(call(hass, "record_greeting", **HOLIDAY))
    await rings.wait()

    await hass.config_entries.async_unload(entry.entry_id)
    began = hass.loop.time()
    with clock.running(), pytest.raises(HomeAssistantError) as caught:
        await recording

    assert "the integration was reloaded or Home Assistant is" in str(caught.value)
    assert "It is not known whether the PBX changed" in str(caught.value)
    assert hass.loop.time() - began <= 5


@pytest.mark.usefixtures("time_passes")
async def test_two_recordings_of_one_name(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The second one is refused when the first one is there; one phone rings once."""
    calls = [call(hass, "record_greeting", **HOLIDAY) for _ in range(2)]

    one, two = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(one, dict)
    assert "already has a greeting" in str(two)
    assert endpoints(pbx).count(RECORD) == 1


@pytest.mark.usefixtures("time_passes")
async def test_boxes_do_not_wait_for_each_other(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Another box can be changed while somebody speaks."""
    gate = Gate(pbx, RECORD)
    recording = asyncio.create_task(call(hass, "record_greeting", **HOLIDAY))
    await gate.arrived()

    await call(hass, "delete_greeting", extension="0042", file="hello")

    gate.open()
    assert (await recording)["file"] == "holiday.wav"
