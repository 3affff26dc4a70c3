"""Uploading greetings of extensions and groups."""

import asyncio
import json

from aiohttp import ClientError, FormData
import pytest

from simulator import (
    AfterActing,
    Fault,
    Oddity,
    Refusal,
)

from .boxes import AUDIO, DUPLICATE, OTHER_AUDIO, Box
from .common import DATA_NOT_FOUND, SUCCESS, Clock, accept_any_certificate


async def test_upload(box: Box) -> None:
    """What was uploaded is listed first and heard byte for byte."""
    answer = await box.upload("new.wav")

    row = (await box.rows())[0]
    assert answer == {**SUCCESS, "owner": box.number}
    assert await box.names() == ["new.wav", "old.wav"]
    assert (row["file"], row["suffix"], row["type"]) == ("new.wav", ".wav", "record")
    assert await box.heard("new.wav") == AUDIO


@pytest.mark.parametrize("audio", [b"", b"\r\n", b"--\r\n\r\n--", bytes(range(256))])
async def test_upload_of_any_bytes(box: Box, audio: bytes) -> None:
    """Line ends and dashes are audio, too."""
    await box.upload("new.wav", audio)

    assert await box.heard("new.wav") == audio


async def test_upload_overwrites(box: Box) -> None:
    """The greeting stays where it was in the list."""
    await box.upload("new.wav")

    await box.upload("old.wav", OTHER_AUDIO)

    assert await box.names() == ["new.wav", "old.wav"]
    assert await box.heard("old.wav") == OTHER_AUDIO


@pytest.mark.parametrize(
    "filename", ["/D:/greeting/vm_away.wav", "D:\\greeting\\vm_away.wav", "vm_away.wav"]
)
async def test_directories_of_an_upload(box: Box, filename: str) -> None:
    """The name of a greeting is the last part of the file's name."""
    await box.upload(filename)

    assert (await box.names())[0] == "vm_away.wav"


@pytest.mark.parametrize("shown", ["new.wav", "new"])
async def test_file_column_of_an_upload(box: Box, shown: str) -> None:
    """The documents show it with the suffix and without."""
    box.client.pbx.switches.listed_with_suffix = shown == "new.wav"

    await box.upload("new.wav")

    row = (await box.rows())[0]
    assert (row["file"], row["real_filename"]) == (shown, "new.wav")


@pytest.mark.parametrize(
    ("uploaded", "stored"),
    [("new.mp3", "new.wav"), ("new.GSM", "new.wav"), ("new.WAV", "new.WAV")],
)
async def test_suffix_of_an_upload(box: Box, uploaded: str, stored: str) -> None:
    """Lists show no other suffix than WAV."""
    await box.upload(uploaded)

    row = (await box.rows())[0]
    assert row["real_filename"] == stored
    assert row["suffix"] == stored.removeprefix("new")


@pytest.mark.parametrize("name", ["new.flac", "new", "", "wav", "new.wav.txt"])
async def test_format_of_an_upload(box: Box, name: str) -> None:
    """WAV, MP3 and GSM are what it may be."""
    answer = await box.upload(name)

    assert answer["errcode"] == 40002
    assert await box.names() == ["old.wav"]


@pytest.mark.parametrize(
    ("name", "errcode"),
    [
        ("Fermé_ä-1", 0),
        ("x" * 250, 0),
        ("x" * 251, 40002),
        ("two words", 40002),
        ("50%off", 40002),
        ("a.b", 40002),
        ("[a]", 40002),
        ("", 40002),
    ],
)
async def test_name_of_an_upload(box: Box, name: str, errcode: int) -> None:
    """The documents forbid some characters."""
    answer = await box.upload(f"{name}.wav")

    assert answer["errcode"] == errcode
    assert (f"{name}.wav" in await box.names()) is (errcode == 0)


@pytest.mark.parametrize(("over", "errcode"), [(0, 0), (1, 40004)])
async def test_size_of_an_upload(box: Box, over: int, errcode: int) -> None:
    """8 MB are the most."""
    answer = await box.upload("new.wav", b"\0" * (8 * 1024 * 1024 + over))

    assert answer["errcode"] == errcode


async def test_size_as_http_413(box: Box) -> None:
    """A web server in front may refuse it before the PBX does."""
    box.client.pbx.switches.upload_limit = 10
    box.client.pbx.switches.too_large = Refusal.HTTP_413

    form = FormData({"owner": box.number, "is_check": "force"})
    form.add_field("file", AUDIO, filename="new.wav")
    reply = await box.client.send(
        "POST",
        f"/openapi/v1.0/{box.prefix}/upload",
        params={"access_token": box.client.access_token},
        data=form,
    )

    assert reply.status == 413
    assert await box.names() == ["old.wav"]


async def test_ask_for_a_name_that_exists(box: Box) -> None:
    """Nothing is stored; the answer is that of the error table."""
    before = await box.heard("old.wav")

    assert await box.upload("old.wav", is_check="ask") == DUPLICATE
    assert await box.heard("old.wav") == before


@pytest.mark.parametrize("audio", [AUDIO, OTHER_AUDIO, b"no WAV"])
async def test_upload_that_is_stored_as_other_bytes(box: Box, audio: bytes) -> None:
    """They sound the same."""
    box.client.pbx.switches.upload_rewritten = True

    await box.upload("new.wav", audio)

    stored = await box.heard("new.wav")
    assert stored != audio
    assert stored[44 : len(audio)] == audio[44:]


async def test_upload_that_is_stored_later(box: Box, clock: Clock) -> None:
    """Its answer is a success at once; a recording is as late."""
    box.client.pbx.switches.stored_after = 3
    before = await box.heard("old.wav")

    answers = [await box.upload("new.wav"), await box.upload("old.wav")]
    clock.now += 2.9
    early = await box.names(), await box.heard("old.wav")
    clock.now += 0.1

    assert answers == [{**SUCCESS, "owner": box.number}] * 2
    assert early == (["old.wav"], before)
    assert await box.names() == ["new.wav", "old.wav"]
    assert await box.heard("old.wav") == AUDIO


async def test_ask_for_a_name_that_is_free(box: Box) -> None:
    """Nothing is stored, either."""
    answer = await box.upload("new.wav", is_check="ask")

    assert answer == {**SUCCESS, "owner": box.number}
    assert await box.names() == ["old.wav"]


async def test_most_greetings_of_a_box(box: Box) -> None:
    """One more is refused, another in place of one is not."""
    box.client.pbx.switches.greeting_limit = 2
    await box.upload("new.wav")

    third = await box.upload("third.wav")
    overwriting = await box.upload("old.wav")
    recorded = await box.record("fourth")

    assert third == {"errcode": 60002, "errmsg": "MAX LIMITATION EXCEEDED"}
    assert overwriting["errcode"] == 0
    assert recorded["errcode"] == 60002
    assert await box.names() == ["new.wav", "old.wav"]


async def test_upload_for_nobody(box: Box) -> None:
    """The owner has to exist."""
    assert await box.upload("new.wav", owner="9999") == DATA_NOT_FOUND


@pytest.mark.parametrize("missing", ["file", "owner", "is_check"])
async def test_upload_without_a_part(box: Box, missing: str) -> None:
    """All three are required."""
    form = FormData(default_to_multipart=True)
    if missing != "file":
        form.add_field("file", AUDIO, filename="new.wav")
    for name, value in {"owner": box.number, "is_check": "force"}.items():
        form.add_field(name, "" if name == missing else value)

    answer = await box.post("upload", data=form)

    assert answer == {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [{"field": missing, "validation_type": "required"}],
    }


async def test_unknown_check(box: Box) -> None:
    """There are ``ask`` and ``force``."""
    answer = await box.upload("new.wav", is_check="yes")

    assert answer["errcode"] == 40002
    assert answer["invalid_param_list"] == [{"field": "is_check", "value": "yes"}]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"owner": "3201"}'),
        ("multipart/form-data", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nno head--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nno head\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n\r\ncut off\r\n--x"),
    ],
)
async def test_upload_that_is_no_form(box: Box, content_type: str, body: bytes) -> None:
    """It is malformed."""
    answer = await box.post("upload", data=body, headers={"Content-Type": content_type})

    assert answer == {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}


@pytest.mark.parametrize("https", [True])
async def test_upload_that_breaks_off(box: Box) -> None:
    """What never came in whole was no request, and changes nothing."""
    pbx = box.client.pbx
    before = len(pbx.requests)
    _, writer = await asyncio.open_connection(
        "127.0.0.1", pbx.port, ssl=accept_any_certificate()
    )
    path = f"/openapi/v1.0/{box.prefix}/upload?access_token={box.client.access_token}"
    head = f"POST {path} HTTP/1.1\r\nHost: pbx\r\nUser-Agent: test\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\n--x\r\n".encode())
    await writer.drain()

    writer.transport.abort()

    assert await box.names() == ["old.wav"]
    assert [request.method for request in pbx.requests[before:]] == ["GET"]


@pytest.mark.parametrize("length", [0, 1, 1000, 1_000_000])
async def test_upload_that_the_pbx_cuts_off(box: Box, length: int) -> None:
    """It hangs up when it has so many bytes, or all of them, and does nothing."""
    pbx = box.client.pbx
    pbx.cuts[f"{box.prefix}/upload"] = length

    with pytest.raises(ClientError):
        await box.upload("new.wav")

    assert await box.names() == ["old.wav"]
    del pbx.cuts[f"{box.prefix}/upload"]
    assert (await box.upload("new.wav"))["errcode"] == 0


async def test_upload_whose_answer_is_lost(box: Box) -> None:
    """The PBX has it all the same."""
    pbx = box.client.pbx
    pbx.faults[f"{box.prefix}/upload"] = AfterActing(Fault.RESET)

    with pytest.raises(ClientError):
        await box.upload("new.wav")

    assert await box.names() == ["new.wav", "old.wav"]


async def test_answer_after_acting_is_that_of_the_act(box: Box) -> None:
    """It acts once."""
    box.client.pbx.faults[f"{box.prefix}/upload"] = AfterActing(Oddity.BYTE_ORDER_MARK)
    reply = await box.client.send(
        "POST",
        f"/openapi/v1.0/{box.prefix}/upload",
        params={"access_token": box.client.access_token},
        data=box.form("new.wav"),
    )

    assert json.loads(reply.body.decode("utf-8-sig"))["owner"] == box.number
    assert await box.names() == ["new.wav", "old.wav"]
