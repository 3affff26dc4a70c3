"""The record of a check: a person can read it, and it tells nothing of people."""

from dataclasses import replace
from http import HTTPStatus
import json
import re
from typing import Any

import pytest

from custom_components.yeastar_vm.check.record import record, record_text
from custom_components.yeastar_vm.check.run import PbxCheck
from custom_components.yeastar_vm.pbx import Connections
from simulator import (
    Fault,
    MessageIds,
    PbxSimulator,
    SimulatedExtension,
    SimulatedGreeting,
    SimulatedGroup,
    UrlForm,
)
from tests.common import endpoints

from .checker import check, client_of
from .secrets import NAMES, SECRETS, tells


@pytest.fixture
async def crowded_pbx(pbx: PbxSimulator) -> PbxSimulator:
    """Return a PBX with something private wherever it can have it."""
    pbx.name = "Weber & Söhne, Головной офис"
    pbx.extensions = {
        f"73{place:02}": SimulatedExtension(
            f"73{place:02}",
            name,
            [SimulatedGreeting(f"greeting_of_{name.split()[0]}.wav")],
            email=f"{name.split()[-1]}@office-weber.example",
            mobile=f"+49 171 55{place:02}123",
            custom_presence=f"With {name}",
        )
        for place, name in enumerate(NAMES)
    }
    pbx.groups = {"7900": SimulatedGroup("7900", "Нижний офис", ["7300", "7301"])}
    for number in ("+493012345678", "004930765432"):
        for name in NAMES:
            message = pbx.leave_message("7300", number, name)
            pbx.read_at_phone(message.msg_id)
    return pbx


def planted(pbx: PbxSimulator) -> list[str]:
    """Return every text of the PBX that says whose it is."""
    texts = [pbx.name, pbx.serial_number, pbx.client_id, pbx.client_secret]
    for extension in pbx.extensions.values():
        texts += [extension.number, extension.name, extension.email, extension.mobile]
    texts += (
        request.query["access_token"]
        for request in pbx.requests
        if "access_token" in request.query
    )
    return [
        *texts,
        *("+493012345678", "004930765432", "7900", "Нижний офис"),
    ]


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"url_form": UrlForm.ABSOLUTE, "numbers_as_text": True},
        {"url_form": UrlForm.NO_LEADING_SLASH, "event_msg_as_text": False},
        {"message_ids": MessageIds.OPAQUE, "detail_custom_presence": True},
    ],
)
async def test_nothing_private_is_in_a_record(
    connections: Connections,
    crowded_pbx: PbxSimulator,
    given_out: list[str],
    switches: dict[str, Any],
) -> None:
    """Names in ten scripts, numbers, tokens, links, addresses: nor a part of them."""
    for name, value in switches.items():
        setattr(crowded_pbx.switches, name, value)
    crowded_pbx.leave_message("7300", "+4989666777", "Mailbox")
    found = await check(connections, crowded_pbx, mailbox="7300")

    text = record_text(found)

    assert len(given_out) == 2
    for private in [*planted(crowded_pbx), *given_out, "4989666777"]:
        for part in (private, *re.split(r"[\s@.<>-]+", private)):
            assert len(part) < 4 or not tells(text, part)
    for message in crowded_pbx.mailboxes.listed("7300"):
        assert message.msg_id not in text


async def test_how_the_pbx_answers_is_in_a_record(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """Which is what it is for."""
    pbx.errcodes["vm_group/list"] = 10005
    pbx.faults["vm/get"] = Fault.HTML

    told: Any = json.loads(record_text(await check(connections, pbx)))

    requests = {each["endpoint"]: each for each in told["requests"]}
    assert (told["model"], told["firmware"]) == (pbx.model, pbx.firmware)
    assert told["findings"]["extensions"] == "works"
    assert told["findings"]["groups"] == "no_permission (access_denied)"
    assert told["findings"]["messages_of_one"] == "invalid (not_a_pbx)"
    assert requests["vm_group/list"]["answer"] == {
        "errcode": 10005,
        "errmsg": "ACCESS DENIED",
    }
    assert requests["vm/get"]["content"] == "html"
    extensions = requests["extension/list"]
    assert extensions["http_status"] == 200
    assert extensions["headers"]["Connection"] == "close"
    assert extensions["answer"]["total_number"] == 4
    assert extensions["parameters"]["page_size"] == "20"
    assert requests["greeting_audio"]["content"] == "wav"
    assert requests["greeting_audio"]["wav_format"].startswith("666d7420")
    sent = [each["sent"] for each in told["frames"] if "sent" in each]
    assert sent == [{"topic_list": [30009, 30012, 30022]}, "heartbeat"]


async def test_a_sign_in_is_in_a_record_only_if_one_was_needed(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """With its tokens replaced, and what they were obtained with left out."""
    client = client_of(connections, pbx)
    first, second = [
        json.loads(record_text(await PbxCheck(client, "", listen=0).run()))
        for _ in range(2)
    ]

    sign_in = first["requests"][0]
    answer = sign_in.pop("answer")
    tokens = client.sign_in.tokens
    assert tokens
    assert (sign_in["endpoint"], sign_in["parameters"]) == ("get_token", {})
    assert sign_in["http_status"] == HTTPStatus.OK
    assert answer["access_token_expire_time"] == 1800
    assert len(answer["access_token"]) == len(tokens.access_token)
    assert answer["access_token"] != tokens.access_token
    assert answer["refresh_token"] != tokens.refresh_token
    assert "get_token" not in [each["endpoint"] for each in second["requests"]]
    assert endpoints(pbx).count("get_token") == 1


@pytest.mark.parametrize(
    ("fault", "status", "finding"),
    [
        (Fault.NOT_FOUND_404, 404, "no_web_socket (not_supported)"),
        (Fault.BAD_REQUEST_400, 400, "no_web_socket (not_supported)"),
        (Fault.BAD_GATEWAY_502, 502, "not_reached (unavailable)"),
    ],
)
async def test_a_websocket_that_is_refused(
    connections: Connections,
    pbx: PbxSimulator,
    fault: Fault,
    status: int,
    finding: str,
) -> None:
    """The record has the HTTP status; its body was not read."""
    pbx.faults["subscribe"] = fault

    told: Any = record(await check(connections, pbx))

    [refused] = [each for each in told["requests"] if each["endpoint"] == "subscribe"]
    assert refused["http_status"] == status
    assert refused["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert not {"answer", "content"} & {*refused}
    assert told["findings"]["events"] == finding
    assert told["frames"] == []


async def test_the_same_is_the_same_in_all_answers(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """So that what was asked can be compared with what was answered."""
    told: Any = record(await check(connections, pbx))

    requests = {each["endpoint"]: each for each in told["requests"]}
    number = requests["extension/search"]["parameters"]["search_value"]
    assert number != "3200"
    assert number in [
        each["number"] for each in requests["extension/list"]["answer"]["data"]
    ]
    assert requests["vm/query"]["parameters"]["number"] == number


@pytest.mark.parametrize("private", SECRETS)
async def test_frames_and_headers(
    connections: Connections, pbx: PbxSimulator, private: str
) -> None:
    """What is written there may be private, too."""
    found = await check(connections, pbx)
    exchange, frame = found.exchanges[0], found.frames[0]
    assert exchange.answer
    header = private.encode("latin-1", errors="ignore").decode("latin-1")

    told = record_text(
        replace(
            found,
            exchanges=(
                replace(
                    exchange,
                    answer=replace(
                        exchange.answer, headers={"Server": header, "X-Of": private}
                    ),
                ),
            ),
            frames=(
                replace(frame, text=private),
                replace(frame, text=f'{{"type":30012,"msg":"{{"call_to":"{private}"'),
            ),
        )
    )

    assert private not in told


async def test_a_frame_whose_message_is_not_escaped(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """As the vendor's examples have it: it is read, and said."""
    found = await check(connections, pbx)
    message = '{"call_to":"Anna Weber<3200>","status":"VOICEMAIL","uid":"77-1"}'
    text = f'{{"type":30012,"sn":"3631A2124001","msg":"{message}"}}'

    told: Any = record(replace(found, frames=(replace(found.frames[0], text=text),)))

    [frame] = told["frames"]
    assert frame["escaped"] is False
    assert frame["sent"]["type"] == 30012
    assert frame["sent"]["msg"]["status"] == "VOICEMAIL"
    assert {*frame["sent"]["msg"]} == {"call_to", "status", "uid"}
    assert "Weber" not in json.dumps(told)


async def test_a_pbx_that_is_not_there(
    connections: Connections, pbx: PbxSimulator
) -> None:
    """The record says so."""
    pbx.faults["get_token"] = Fault.RESET

    told: Any = record(await check(connections, pbx))

    assert told["model"] == ""
    assert told["findings"]["sign_in"] == "not_reached (connection_lost)"
    assert told["requests"] == told["frames"] == []
