"""From a record to a profile: a simulator that answers as the PBX of the record did."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.yeastar_vm.check.record import record_text
from custom_components.yeastar_vm.pbx import Connections
from simulator import (
    DOCUMENTED,
    CustomPresence,
    DateFormat,
    EmptyBox,
    EmptyList,
    ErrMsg,
    Fault,
    HeartbeatAnswer,
    MessageIds,
    Oddity,
    PbxSimulator,
    Profile,
    Says,
    Spoiler,
    TimeFormat,
    TotalNumber,
    UrlForm,
    default_groups,
    from_record,
    leave_default_messages,
)
from simulator.profile import Origin

from .checker import check

NEW_MONTH = datetime(2026, 12, 1, 3, 10, tzinfo=UTC).timestamp()

# The value that each switch has in one of the runs.
SEEN: list[dict[str, Any]] = [
    {"empty_list": EmptyList.MISSING},
    {"empty_list": EmptyList.NULL},
    {"empty_list": EmptyList.BARE},
    {"empty_fields": False},
    {"errmsg": ErrMsg.NULL},
    {"errmsg": ErrMsg.MISSING},
    {"max_page_size": 2},
    {"total_number": TotalNumber.MISSING},
    {"total_number": 0},
    {"numbers_as_text": True},
    {"custom_presence": CustomPresence.REPEATS},
    {"custom_presence": CustomPresence.MISSING},
    {"date_format": DateFormat.DAY_FIRST, "time_format": TimeFormat.HOURS_12_PM},
    {"system_formats": False},
    {"url_form": UrlForm.ABSOLUTE},
    {"url_form": UrlForm.DOUBLE_SLASH},
    {"url_form": UrlForm.NO_LEADING_SLASH},
    {"play_link_needs_token": True},
    {"audio_content_type": None},
    {"audio_content_type": "application/octet-stream"},
    {"content_length": False},
    {"ranges": True},
    {"message_ids": MessageIds.OPAQUE},
    {"newest_message_first": False},
    {"group_endpoints": False},
    {"greeting_endpoints": False},
    {"group_greeting_endpoints": False},
    {"event_endpoint": False},
    {"heartbeat_answer": HeartbeatAnswer.SUCCESS},
    {"detail_custom_presence": True},
    {"detail_greetings": False},
    {"empty_box": EmptyBox.OMITTED},
    {"empty_box": EmptyBox.REFUSED, "not_found_skeleton": True, "error_status": 400},
]


@pytest.fixture
def pbx() -> PbxSimulator:
    """Return a PBX that does what the documents say, and has something of everything.

    Its one box without messages is 3201. A month has just begun: in some formats, the
    texts of times sort otherwise than the times.
    """
    pbx = PbxSimulator(https=False, profile=DOCUMENTED, clock=lambda: NEW_MONTH)
    pbx.groups = default_groups()
    return pbx


async def recorded(
    connections: Connections, pbx: PbxSimulator, mailbox: str = "3200"
) -> Profile:
    """Check a PBX, and return the profile that its record makes."""
    leave_default_messages(pbx)
    async with pbx:
        record = record_text(await check(connections, pbx, mailbox))
    made = from_record.profile_of(record.encode(), Origin.SIMULATED)
    return Profile.parse(from_record.text_of(made).encode())


@pytest.mark.parametrize("switches", SEEN, ids=lambda s: ",".join(map(str, s.items())))
async def test_what_differs_from_the_documents(
    connections: Connections, pbx: PbxSimulator, switches: dict[str, Any]
) -> None:
    """Is what the profile has, with a reason, and nothing else."""
    for name, value in switches.items():
        setattr(pbx.switches, name, value)
    is_about_empty = {"empty_list", "empty_box"} & {*switches}

    made = await recorded(connections, pbx, "3201" if is_about_empty else "3200")

    assert made.switches == switches
    assert made.observed.keys() == switches.keys()
    assert made.not_covered == ()
    assert (made.model, made.firmware) == (pbx.model, pbx.firmware)


async def test_a_pbx_as_documented(connections: Connections, pbx: PbxSimulator) -> None:
    """There is nothing to say."""
    made = await recorded(connections, pbx)

    assert made.switches == {}
    assert made.not_covered == ()
    assert {*made.findings.values()} == {"works", "empty"}
    assert made.findings["group_greetings"] == "empty"
    assert made.origin is Origin.SIMULATED


@pytest.mark.parametrize(
    ("endpoint", "spoiler", "said"),
    [
        ("vm_group/list", Fault.NOT_FOUND_404, "was answered HTTP 404: html"),
        ("vm/get", Fault.RESET, "was not answered (connection_lost)"),
        ("vm/get", Says(["3200"]), "was answered HTTP 200: a JSON list"),
        ("vm/get", Says({"errcode": 0, "data": "x"}), "The data of vm/get is no list"),
        ("vm/query", Says({"errcode": 10001}), "was answered 10001"),
        ("vm/query", Says({"errcode": 10005}), "up to the permissions of the"),
        ("extension/search", Says({"errmsg": "FAILED"}), "without an errcode"),
        ("download", Fault.HTML, "The link of a greeting was answered HTTP 200: html"),
        (
            "extension/list",
            Says({"errcode": 0, "total_number": 1, "data": [{"id": [], "status": 1}]}),
            "The id of extension/list is of the type list",
        ),
        (
            "extension/list",
            Says({"errcode": 0, "total_number": 1, "data": [{"id": 1, "status": 1}]}),
            "Rows of extension/list have more: status",
        ),
        (
            "extension_vm_greeting/play",
            Says({"errcode": 0, "play_resource_url": "/api/x.wav?token=1"}),
            "play_resource_url has a query",
        ),
    ],
)
async def test_what_no_switch_is_for(
    connections: Connections,
    pbx: PbxSimulator,
    endpoint: str,
    spoiler: Spoiler,
    said: str,
) -> None:
    """It is said, so that nobody believes that the simulator does it."""
    pbx.faults[endpoint] = spoiler

    made = await recorded(connections, pbx)

    assert any(said in text for text in made.not_covered), made.not_covered


async def test_other_lifetimes_of_tokens(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """No switch is for them, either."""
    async with pbx:
        record = json.loads(record_text(await check(connections, pbx)))
    record["requests"][0]["answer"]["access_token_expire_time"] = 3600

    made = from_record.profile_of(json.dumps(record).encode(), Origin.RECORDED)

    assert made["seen"]["not_covered"] == [
        "access_token_expire_time of get_token is 3600."
    ]


async def test_numbers_that_are_texts_at_one_endpoint(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """The profile has them at all endpoints, which is more than was seen."""
    pbx.faults["extension/list"] = Oddity.NUMBERS_AS_TEXT

    assert (await recorded(connections, pbx)).switches == {"numbers_as_text": True}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "no record of the format 1"),
        (b"{}", "no record of the format 1"),
        (b"{", "Expecting"),
        (b'{"format": 1}', "no whole record"),
        (b'{"format": 1, "requests": [1], "frames": [], "findings": {}}', "no whole"),
        (
            b'{"format": 1, "requests": [{"endpoint": "vm/get", "headers": [1]}],'
            b' "frames": [], "findings": {}}',
            "no whole record",
        ),
        (b'{"format": 1, "requests": [], "frames": [], "findings": {}}', "the model"),
    ],
)
def test_what_is_no_record(content: bytes, reason: str) -> None:
    """The error says why."""
    with pytest.raises(ValueError, match=reason):
        from_record.profile_of(content, Origin.RECORDED)


async def test_the_command(
    connections: Connections,
    pbx: PbxSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It keeps the record, writes the profile, and says what it saw."""
    pbx.switches.empty_fields = False
    pbx.errcodes["vm_group/list"] = 10005
    async with pbx:
        record = record_text(await check(connections, pbx))
    attached = tmp_path / "yeastar-check.json"
    attached.write_text(record, "utf-8")
    for folder in ("FOLDER", "RECORDS"):
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(from_record, folder, tmp_path / folder)

    assert from_record.main([str(attached)]) == 0

    profile = json.loads((tmp_path / "FOLDER/p550_37_23_0_15.json").read_text("utf-8"))
    said = capsys.readouterr().out
    assert (tmp_path / "RECORDS/p550_37_23_0_15.json").read_text("utf-8") == record
    assert profile["origin"] == "recorded"
    assert "empty_fields = false: Rows of" in said
    assert "vm_group/list was answered 10005: that is up to the permissions" in said
    attached.write_text("{}", "utf-8")
    assert from_record.main([str(attached)]) == 1
