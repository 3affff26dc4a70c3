"""Listing greetings and getting links to them."""

import re

import pytest
from yarl import URL

from simulator import UrlForm

from .common import DOWNLOAD, LIST, PLAY, SUCCESS, Client


async def test_greeting_list(client: Client) -> None:
    """``file`` comes with and without extension, and need not be the file's name."""
    answer = await client.get(LIST, extension="3200", page="1", page_size="100")

    assert answer == {
        **SUCCESS,
        "total_number": 4,
        "greeting_list": [
            {
                "id": 20,
                "module": "extension",
                "number": "3200",
                "file": "vm_end",
                "suffix": ".wav",
                "type": "tts",
                "real_filename": "vm_welcome_001.wav",
            },
            {
                "id": 19,
                "module": "extension",
                "number": "3200",
                "file": "vm_welcome.wav",
                "suffix": ".wav",
                "type": "record",
                "real_filename": "vm_welcome.wav",
            },
            {
                "id": 18,
                "module": "extension",
                "number": "3200",
                "file": "holiday",
                "suffix": ".wav",
                "type": "record",
                "real_filename": "holiday.wav",
            },
            {
                "id": 17,
                "module": "extension",
                "number": "3200",
                "file": "closed.WAV",
                "suffix": ".WAV",
                "type": "record",
                "real_filename": "closed.WAV",
            },
        ],
    }


async def test_empty_query_parts_are_tolerated(client: Client) -> None:
    """As in the vendor's sample request."""
    query = f"access_token={client.access_token}&&extension=0042"
    url = URL(f"{client.pbx.base_url}/openapi/v1.0/{LIST}?{query}", encoded=True)

    async with client.session.get(url, ssl=False) as response:
        answer = await response.json()

    assert answer["total_number"] == 1


@pytest.mark.parametrize("file", ["vm_welcome.wav", "closed.WAV"])
async def test_play(client: Client, file: str) -> None:
    """A play link has the documented form, and is another one each time."""
    answers = [await client.get(PLAY, extension="3200", file=file) for _ in range(2)]

    url, other_url = [answer["play_resource_url"] for answer in answers]
    assert answers[0] == {**SUCCESS, "file": file, "play_resource_url": url}
    assert re.fullmatch(
        r"/api/download/PBX-VoicemailGreeting-37\.23\.0\.15-download-20250822084440"
        r"-[A-Za-z0-9]{16}\.wav",
        url,
    )
    assert url != other_url


async def test_download(client: Client) -> None:
    """A download link has another name for the same."""
    answer = await client.get(DOWNLOAD, extension="3200", file="vm_welcome.wav")

    url = answer["download_resource_url"]
    assert answer == {
        **SUCCESS,
        "file": "vm_welcome.wav",
        "download_resource_url": url,
    }
    assert url.startswith("/api/download/PBX-VoicemailGreeting-37.23.0.15-download-")


async def test_url_without_leading_slash(client: Client) -> None:
    """The documents are not at one with themselves about the slash."""
    client.pbx.switches.url_form = UrlForm.NO_LEADING_SLASH

    link = await client.play_link("3200", "vm_welcome.wav")

    assert link.startswith("api/download/")
    assert (await client.send("GET", f"/{link}")).status == 200


@pytest.mark.parametrize("merges", [True, False])
async def test_url_with_two_slashes(client: Client, merges: bool) -> None:
    """Some samples have it; a web server usually takes them for one."""
    client.pbx.switches.url_form = UrlForm.DOUBLE_SLASH
    client.pbx.switches.merge_slashes = merges

    link = await client.play_link("3200", "vm_welcome.wav")
    reply = await client.send("GET", link)

    assert link.startswith("//api/download/")
    assert (reply.status, reply.body[:4]) == (
        (200, b"RIFF") if merges else (404, b"404")
    )


async def test_absolute_url(client: Client) -> None:
    """A whole URL leads to the PBX."""
    client.pbx.switches.url_form = UrlForm.ABSOLUTE

    link = await client.play_link("3200", "vm_welcome.wav")

    assert link.startswith(f"{client.pbx.base_url}/api/download/")


@pytest.mark.parametrize("value", [None, "", 7, ["/"], "https://example.invalid/x"])
async def test_hostile_links(client: Client, value: object) -> None:
    """A link can be any JSON value."""
    client.pbx.switches.play_resource_url = value
    client.pbx.switches.download_resource_url = value

    play = await client.get(PLAY, extension="3200", file="vm_welcome.wav")
    download = await client.get(DOWNLOAD, extension="3200", file="vm_welcome.wav")

    assert play["play_resource_url"] == value
    assert download["download_resource_url"] == value
