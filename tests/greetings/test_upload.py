"""Uploading greetings, while nothing stands in the way or the PBX says no."""

import asyncio
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.yeastar_vm.audio import telephony
from custom_components.yeastar_vm.services.greetings import upload as upload_module
from simulator import Fault, PbxSimulator, Refusal
from simulator.default_mail import default_groups
from tests.common import asked, call, endpoints
from tests.leaks import bytes_of

from .home import LIST, SONG, UPLOAD, Shelf, greetings, refused, upload
from .recordings import music, pitch, samples

pytestmark = pytest.mark.usefixtures("shelf")


async def test_a_song_becomes_a_greeting(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """It is converted to telephony WAV, and the response says what plays it."""
    response = await upload(hass, "holiday")

    assert response == {
        "extension": "3201",
        "file": "holiday.wav",
        "media_content_id": (
            f"media-source://yeastar_vm/{pbx.serial_number}/greetings/3201/holiday.wav"
        ),
        "overwritten": False,
    }
    stored = greetings(pbx, "3201")["holiday.wav"]
    assert len(samples(stored)) == 8000
    assert pitch(stored) == pytest.approx(1000, rel=0.02)
    [sent] = [each for each in pbx.requests if each.endpoint == UPLOAD]
    assert b"\r\nContent-Type: audio/wav\r\n" in sent.body


async def test_a_box_with_greetings_takes_four_requests(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The list before the media is fetched and after it, the upload, and the list."""
    await upload(hass, "holiday_2", extension="3200")

    assert endpoints(pbx) == [LIST, LIST, UPLOAD, LIST]


async def test_the_error_of_an_upload_keeps_no_audio(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """Home Assistant may keep the error for long."""
    pbx.errcodes[UPLOAD] = 70000

    with pytest.raises(HomeAssistantError) as caught:
        await upload(hass, "holiday")

    assert bytes_of(caught.value) == []


@pytest.mark.parametrize("file", ["holiday.wav", "holiday.WAV", " holiday "])
async def test_a_name_may_have_its_suffix(
    hass: HomeAssistant, pbx: PbxSimulator, file: str
) -> None:
    """The greeting has one either way."""
    assert (await upload(hass, file))["file"] == "holiday.wav"
    assert [*greetings(pbx, "3201")] == ["holiday.wav"]


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("", ""),
        (".wav", ""),
        ("after hours", "after hours"),
        ("holiday.mp3", "holiday.mp3"),
        ("../passwd", "../passwd"),
        ("fermé", "fermé"),
        ("x\n", None),
        ("é" * 50, "é" * 50),
        ("é" * 51, "é" * 50 + "…"),
        ("y" * 251, "y" * 50 + "…"),
    ],
)
async def test_a_name_that_the_pbx_does_not_take(
    hass: HomeAssistant, pbx: PbxSimulator, file: str, shown: str | None
) -> None:
    """The error says which names it takes, and the PBX is not asked."""
    if shown is None:  # white space around a name is not meant
        assert (await upload(hass, file))["file"] == "x.wav"
        return
    message = await refused(hass, file)

    assert message == (
        f'"{shown}" cannot be the name of a greeting. Use only the letters A to Z, '
        "digits, underscores, and hyphens, and at most 250 characters."
    )
    assert pbx.requests == []


async def test_the_longest_name(hass: HomeAssistant) -> None:
    """It is taken."""
    assert (await upload(hass, "y" * 250))["file"] == "y" * 250 + ".wav"


@pytest.mark.parametrize("file", ["vm_welcome", "holiday.wav", "closed"])
async def test_a_greeting_is_not_replaced_by_accident(
    hass: HomeAssistant, pbx: PbxSimulator, file: str
) -> None:
    """Whatever its suffix is."""
    before = greetings(pbx, "3200")

    message = await refused(hass, file, extension="3200")

    name = file.removesuffix(".wav")
    full = f"{name}.WAV" if name == "closed" else f"{name}.wav"
    assert message == (
        f'The voicemail of 3200 already has a greeting named "{full}". Use another '
        'name. To replace the greeting, use the action "Upload greeting" with the '
        'option "Overwrite".'
    )
    assert endpoints(pbx) == [LIST]
    assert greetings(pbx, "3200") == before


async def test_a_greeting_is_replaced(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It keeps its place and its name; the others stay what they were."""
    before = greetings(pbx, "3200")

    response = await upload(hass, "vm_welcome", extension="3200", overwrite=True)

    after = greetings(pbx, "3200")
    assert response["file"] == "vm_welcome.wav"
    assert response["overwritten"] is True
    assert pitch(after.pop("vm_welcome.wav")) == pytest.approx(1000, rel=0.02)
    assert before.pop("vm_welcome.wav")
    assert after == before


@pytest.mark.parametrize("file", ["closed", "closed.WAV", "closed.wav"])
async def test_overwriting_what_has_another_suffix(
    hass: HomeAssistant, pbx: PbxSimulator, file: str
) -> None:
    """Callers would go on to hear it beside the new one: the error says so."""
    before = greetings(pbx, "3200")

    assert await refused(hass, file, extension="3200", overwrite=True) == (
        '"closed.WAV" of 3200 cannot be overwritten: the PBX would store the upload as '
        'another file beside it. Delete or rename "closed.WAV" first, or use another '
        "name."
    )
    assert greetings(pbx, "3200") == before


async def test_overwriting_one_of_two_suffixes(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The one that an upload has, unless the user names the other one."""
    for file in ("night", "night.wav"):
        response = await upload(hass, file, extension="3202", overwrite=True)
        assert (response["file"], response["overwritten"]) == ("night.wav", True)
    message = await refused(hass, "night.WAV", extension="3202", overwrite=True)

    assert message.startswith('"night.WAV" of 3202 cannot be overwritten')
    assert endpoints(pbx).count(UPLOAD) == 2


async def test_a_group(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """With its own endpoints, whether it has greetings already or not."""
    pbx.groups = default_groups()

    await upload(hass, "night", extension="6300")
    await upload(hass, "night", extension="6400")

    assert "night.wav" in greetings(pbx, "6300")
    assert "night.wav" in greetings(pbx, "6400")
    assert endpoints(pbx).count("vm_greeting/upload") == 2
    assert UPLOAD not in endpoints(pbx)


async def test_no_such_box(hass: HomeAssistant) -> None:
    """The error says so."""
    assert await refused(hass, "holiday", extension="9999") == (
        "The PBX has no extension or group voicemail 9999. Check the number. In "
        "YAML, put a number that begins with zeros in quotation marks."
    )
    assert await refused(hass, "holiday", extension=" ") == (
        "Enter the number of an extension or a group, for example 3200."
    )


async def test_the_list_may_show_it_without_its_suffix(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """The response has the file as it is played."""
    pbx.switches.listed_with_suffix = False

    assert (await upload(hass, "holiday"))["file"] == "holiday.wav"


async def test_two_uploads_at_once(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """The second one finds the greeting of the first one."""
    calls = [upload(hass, "holiday") for _ in range(2)]
    ended = await asyncio.gather(*calls, return_exceptions=True)

    [refusal] = [each for each in ended if not isinstance(each, dict)]
    assert "already has a greeting" in str(refusal)
    assert endpoints(pbx).count(UPLOAD) == 1


async def test_two_uploads_that_overwrite(
    hass: HomeAssistant, pbx: PbxSimulator, shelf: Shelf
) -> None:
    """One after the other: callers hear what was asked for last."""
    high = shelf.put("high.wav", music(frequency=2000))

    answers = await asyncio.gather(
        upload(hass, "holiday", overwrite=True),
        upload(hass, "holiday", overwrite=True, media=high),
    )

    assert [answer["overwritten"] for answer in answers] == [False, True]
    stored = greetings(pbx, "3201")["holiday.wav"]
    assert pitch(stored) == pytest.approx(2000, rel=0.02)


async def test_a_few_uploads_take_memory_at_once(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many there are. The others have their turn."""
    fetched, go_on = list[str](), asyncio.Event()

    async def fetch(_: HomeAssistant, media: str, *_args: object) -> bytes:
        fetched.append(media)
        await go_on.wait()
        return b"no audio"

    monkeypatch.setattr(upload_module, "async_fetch_media", fetch)
    uploads = [
        asyncio.create_task(refused(hass, f"song_{n}", extension="3200"))
        for n in range(6)
    ]
    while asked(pbx)[LIST] < len(uploads):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await entry.runtime_data.client.system.information()  # what is on its way, arrives

    assert len(fetched) == 4
    go_on.set()
    await asyncio.gather(*uploads)
    assert len(fetched) == 6


@pytest.mark.parametrize(
    ("length", "message"),
    [
        (32_768, "may not fetch media from http://music.example"),
        (32_769, "Select a media item"),
    ],
)
async def test_the_longest_media(
    hass: HomeAssistant, length: int, message: str
) -> None:
    """A text that is to be spoken is part of its media content ID."""
    media = "http://music.example/".ljust(length, "x")

    assert message in await refused(hass, "holiday", media=media)


async def test_who_may_change_greetings(
    hass: HomeAssistant,
    pbx: PbxSimulator,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
) -> None:
    """Administrators and automations; others are refused before the PBX is asked."""
    for action in ("upload", "record", "rename", "delete"):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                "yeastar_vm",
                f"{action}_greeting",
                {
                    "extension": "3201",
                    "file": "x",
                    **{"upload": {"media": SONG}, "record": {"recorder": "3200"}}.get(
                        action, {"new_name": "y"} if action == "rename" else {}
                    ),
                },
                blocking=True,
                context=Context(user_id=hass_read_only_user.id),
            )
    assert pbx.requests == []

    await hass.services.async_call(
        "yeastar_vm",
        "upload_greeting",
        {"extension": "3201", "file": "x", "media": SONG},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )

    assert [*greetings(pbx, "3201")] == ["x.wav"]


REFUSED = (
    "The PBX refused the greeting: its name, its audio, or the number 3201. Check that "
    "the PBX still has 3201, and use a short name of letters and digits."
)
DENIED = (
    "The PBX does not allow Home Assistant to change greetings. Check the permissions "
    "of this application under Integrations > API on the PBX."
)


@pytest.mark.parametrize(
    ("errcode", "message"),
    [
        (
            10001,
            "The PBX's firmware cannot change greetings over its API. Update it to "
            "version xx.23.0 or later.",
        ),
        (10005, DENIED),
        (10009, DENIED),
        (70084, DENIED),
        (
            40003,
            "The PBX already has a greeting with this name. Use another name.",
        ),
        (
            40004,
            "The file is larger than the PBX accepts. Select a shorter one.",
        ),
        (
            60002,
            "The PBX does not accept any more greetings for this voicemail. "
            "Delete one first.",
        ),
        (
            -1,
            "The PBX answered with error -1. For details, see the vendor's "
            "table of error codes. The greetings of 3201 were not changed.",
        ),
        (40001, REFUSED),
        (40002, REFUSED),
    ],
)
async def test_an_upload_that_the_pbx_refuses(
    hass: HomeAssistant, pbx: PbxSimulator, errcode: int, message: str
) -> None:
    """The error says what to do, and nothing is sent twice."""
    pbx.errcodes[UPLOAD] = errcode

    assert await refused(hass, "holiday") == message
    assert greetings(pbx, "3201") == {}
    counts = asked(pbx)
    assert counts[UPLOAD] == 1
    # After 10005, another request shows that the token is good, so it is not renewed.
    assert counts["system/information"] == (1 if errcode == 10005 else 0)
    assert counts["refresh_token"] == 0


async def test_limits_of_the_pbx(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """They are not those that the documents name, and the old greetings stay."""
    pbx.switches.greeting_limit = 4
    before = greetings(pbx, "3200")
    assert "any more greetings" in await refused(hass, "x", extension="3200")

    pbx.switches.upload_limit = 1000
    for refusal in Refusal:
        pbx.switches.too_large = refusal
        assert await refused(hass, "vm_welcome", extension="3200", overwrite=True)

    assert greetings(pbx, "3200") == before


async def test_success_without_a_greeting(
    hass: HomeAssistant, pbx: PbxSimulator
) -> None:
    """It is none."""
    pbx.faults[UPLOAD] = Fault.NO_FIELDS

    assert await refused(hass, "holiday") == (
        "The PBX accepted the change, but its list of greetings does not show it. "
        "Check the greetings on the PBX."
    )


async def test_old_firmware_still_plays(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """It cannot be changed, and no repair says that it cannot play."""
    pbx.switches.greeting_changes_refused = 10001

    assert "cannot change greetings" in await refused(hass, "x", extension="3200")
    listed = await call(hass, "list_greetings", extension="3200")

    assert len(listed["greetings"]) == 4


async def test_audio_that_is_too_long(
    hass: HomeAssistant, pbx: PbxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent."""
    monkeypatch.setattr(telephony, "MAX_UPLOAD", 10_000)

    assert await refused(hass, "holiday") == (
        "The media is longer than 8 minutes, which is more than the PBX accepts. "
        "Select a shorter one."
    )
    assert UPLOAD not in endpoints(pbx)


@pytest.mark.usefixtures("ffmpeg_binary")
@pytest.mark.parametrize("ffmpeg_binary", ["/nowhere/ffmpeg"])
async def test_no_ffmpeg(hass: HomeAssistant, pbx: PbxSimulator) -> None:
    """Nothing is sent."""
    assert await refused(hass, "holiday") == (
        "Home Assistant has no FFmpeg to convert the audio. Install FFmpeg on the "
        "system that runs Home Assistant."
    )
    assert UPLOAD not in endpoints(pbx)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5000, b"<html>", b'{"errcode": 0}', b"RIFF"]
)
async def test_a_file_that_is_no_audio(
    hass: HomeAssistant, pbx: PbxSimulator, shelf: Shelf, content: bytes
) -> None:
    """Nothing is sent."""
    media = shelf.put("broken.wav", content)

    assert await refused(hass, "holiday", media=media) == (
        "The media is not audio, or FFmpeg cannot decode it. Select another one."
    )
    assert UPLOAD not in endpoints(pbx)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("extension", "Enter the number of an extension"),
        ("media", "Select a media item"),
    ],
)
async def test_what_is_left_empty(
    hass: HomeAssistant, pbx: PbxSimulator, field: str, message: str
) -> None:
    """The error says what to enter."""
    data = {"extension": "3201", "file": "x", "media": SONG, field: ""}

    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, "upload_greeting", **data)
    assert pbx.requests == []


@pytest.mark.parametrize(
    "missing", ["extension", "file", "media", "all but another field"]
)
async def test_what_no_form_sends(
    hass: HomeAssistant, pbx: PbxSimulator, missing: str
) -> None:
    """The schema refuses it."""
    data: dict[str, Any] = {"extension": "3201", "file": "x", "media": SONG}
    if data.pop(missing, None) is None:
        data["wrong"] = 1

    with pytest.raises(vol.Invalid):
        await call(hass, "upload_greeting", **data)
    assert pbx.requests == []
