"""Profiles of real PBXs, from their files."""

import json
from typing import Any

import pytest

from simulator import CustomPresence, EmptyList, PbxSimulator, Profile, profile

from .common import Client

GOOD: dict[str, Any] = {
    "model": "Yeastar P560",
    "firmware": "37.20.0.1",
    "hardware": "V1.10 0000-0000",
    "serial_number": "3632A2126001",
    "switches": {
        "max_page_size": 20,
        "custom_presence": "repeats",
        "block_seconds": None,
        "total_number": -1,
        "ignored_parameters": ["page", "page_size"],
        "time_zone": "UTC",
    },
    "seen": {
        "observed": {"max_page_size": "A page.", "custom_presence": "A row."},
        "assumed": dict.fromkeys(
            ("block_seconds", "total_number", "ignored_parameters", "time_zone"),
            "Nobody knows.",
        ),
    },
}


def parse(**changes: Any) -> Profile:
    """Read a profile whose fields are changed; ``...`` leaves one out."""
    fields = {
        name: value for name, value in {**GOOD, **changes}.items() if value != ...
    }
    return Profile.parse(json.dumps(fields).encode())


@pytest.mark.parametrize("name", profile.names())
async def test_every_profile(client: Client, name: str) -> None:
    """A PBX is as its profile says, and works."""
    seen = Profile.named(name)
    async with PbxSimulator(profile=seen) as pbx:
        own = Client(pbx, client.session)
        await own.login()
        data = (await own.get("system/information"))["data"]

    assert {n: getattr(pbx.switches, n) for n in seen.switches} == seen.switches
    assert (data["model_name"], data["firmware_version"]) == (seen.model, seen.firmware)
    assert (data["sn"], data["hardware_version"]) == (seen.serial_number, seen.hardware)
    assert seen.observed


def test_values_of_switches() -> None:
    """They are of the types of their switches."""
    assert parse().switches == {
        "max_page_size": 20,
        "custom_presence": CustomPresence.REPEATS,
        "block_seconds": None,
        "total_number": -1,
        "ignored_parameters": frozenset({"page", "page_size"}),
        "time_zone": PbxSimulator().switches.time_zone,
    }


def test_a_profile_without_switches() -> None:
    """Of a PBX that does what the documents say."""
    assert parse(switches=..., seen=...).switches == {}


def test_the_default_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of every PBX for which nobody says otherwise."""
    assert PbxSimulator().model == "Yeastar P550"

    monkeypatch.setattr(PbxSimulator, "default_profile", Profile.named("p570"))

    assert PbxSimulator().model == "Yeastar P570"
    assert PbxSimulator().switches.empty_list is EmptyList.BARE
    assert PbxSimulator(profile=profile.DOCUMENTED).model == "Yeastar P550"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": ...}, "model is no text"),
        ({"model": ""}, "model is no text"),
        ({"serial_number": 3632}, "serial_number is no text"),
        ({"firmware": "x" * 301}, "firmware is no text"),
        ({"vendor": "Yeastar"}, "profile has a field 'vendor'"),
        ({"switches": []}, "switches is no object"),
        ({"switches": {"max_pages": 1}}, "There is no switch max_pages"),
        ({"switches": {"max_page_size": "many"}}, "'many' is no value of the switch"),
        (
            {"switches": {"custom_presence": {}}},
            "no value of the switch custom_presence",
        ),
        ({"switches": {"max_page_size": 20}}, "Each switch has one reason"),
        ({"seen": {"observed": {}}}, "Each switch has one reason"),
        ({"seen": {"heard": {}}}, "seen has a field 'heard'"),
        ({"seen": {"observed": {"max_page_size": 8}}}, "max_page_size is no text"),
        ({"seen": []}, "seen is no object"),
    ],
)
def test_what_is_no_profile(changes: dict[str, Any], reason: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ValueError, match=reason):
        parse(**changes)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b" " * 100_000, b"\xff{}"])
def test_a_file_that_is_none(content: bytes) -> None:
    """Nor is a large one read."""
    with pytest.raises(ValueError):  # noqa: PT011  the reasons differ
        Profile.parse(content)


@pytest.mark.parametrize("name", ["p999", "../p570", "P570", "", "p570.json"])
def test_a_profile_that_is_not_there(name: str) -> None:
    """Only files of the folder are read."""
    with pytest.raises(ValueError, match=r"There is no profile .*: p570"):
        Profile.named(name)
