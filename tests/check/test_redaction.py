"""What is private is nowhere in a record, and nothing else is changed."""

import json
from typing import Any
import unicodedata

from hypothesis import given, strategies as st
import pytest

from custom_components.yeastar_vm.check.redaction import JsonValue, Redactor

from .secrets import SECRETS


def answer_with(secret: str) -> dict[str, Any]:
    """Return an answer that has something private wherever it can stand."""
    return {
        "errcode": 0,
        "errmsg": "SUCCESS",
        "total_number": 1,
        "sn": secret,
        "data": [
            {
                "number": secret,
                "caller_id_name": secret,
                "presence_status": secret,
                "role_name": f"Role of {secret}",
                secret: {"unknown": secret},
                "file_name": f"{secret}.wav",
                "online_status": {"sip_phone": {"status": 1, "ip": secret}},
            }
        ],
        "play_resource_url": f"/api/download/{secret}.wav?extension={secret}&token=a1",
        "msg": json.dumps({"call_from": f"{secret}<3200>", "status": "VOICEMAIL"}),
    }


@pytest.mark.parametrize("secret", SECRETS)
def test_what_is_private_is_nowhere(secret: str) -> None:
    """In values, keys, links and JSON within JSON, also in part."""
    answer = answer_with(secret)

    redacted = json.dumps(Redactor([answer]).value(answer), ensure_ascii=False)

    assert secret not in redacted
    for word in secret.split():
        assert len(word) < 3 or word not in redacted


def test_what_is_of_the_protocol_stays() -> None:
    """It is what a record is for."""
    answer: JsonValue = {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [{"field": "number", "validation_type": "required"}],
        "data": {
            "model_name": "Yeastar P570",
            "firmware_version": "37.23.0.83",
            "hardware_version": "V2.00 0000-0000",
            "system_time": "30/07/2026 09:31:37 PM",
            "system_date_format": "DD/MM/YYYY",
            "system_time_format": "hh:mm:ss PM",
            "timestamp": 1785436297,
            "up_time": 405080,
        },
        "voicemail_list": [
            {"total_number": 1, "data": [{"is_read": 0, "duration": 4}]}
        ],
        "presence_status": "do_not_disturb",
        "vm_greeting": None,
    }

    assert Redactor([answer]).value(answer) == answer


def test_length_and_kind_stay() -> None:
    """Upper and lower case, digits, leading zeros, and the marks between words."""
    redactor = Redactor([["+49 (0)30 12-34", "Leo Ball<3200>", "0042", "Иван"]])

    assert [
        len(text) for text in ("Leo Ball<3200>", redactor.text("Leo Ball<3200>"))
    ] == [
        14,
        14,
    ]
    name = redactor.text("Leo Ball<3200>")
    assert name[0].isupper()
    assert name[1:3].islower()
    assert name[3] == " "
    assert name[8] == "<"
    assert name[9:13].isdecimal()
    assert redactor.text("0042").startswith("0")
    assert redactor.text("+49 (0)30 12-34")[0] == "+"
    assert all(
        unicodedata.name(letter).startswith("CYRILLIC")
        for letter in redactor.text("Иван")
    )


def test_the_same_stays_the_same() -> None:
    """Wherever it stands, and other words become others."""
    answer: JsonValue = {
        "number": "3200",
        "id": 3200,
        "call_to": "Leo Ball<3200>",
        "caller_id_name": "Leo Ball",
        "play_resource_url": "/api/download/x.wav?extension=3200",
        "others": ["3201", "3202"],
    }

    redacted: Any = Redactor([answer]).value(answer)

    number, name = redacted["number"], redacted["caller_id_name"]
    assert redacted["id"] == int(number)
    assert redacted["call_to"] == f"{name}<{number}>"
    assert redacted["play_resource_url"] == f"/api/download/x.wav?extension={number}"
    assert len({number, *redacted["others"]}) == 3


def test_links_keep_how_they_are_made() -> None:
    """The path of the PBX, two slashes, and an empty parameter."""
    link = (
        "//api/download/PBX-VoicemailGreeting-83.23.0.x-download-20260512-D5X9.wav?&a="
    )

    redacted = Redactor([{"play_resource_url": link}]).link(link)

    assert redacted.startswith("//api/download/PBX-VoicemailGreeting-")
    assert redacted.endswith(".wav?&a=")
    assert "D5X9" not in redacted
    assert "20260512" not in redacted


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_any_answer_keeps_its_shape(answer: JsonValue) -> None:
    """Whatever a PBX sends."""

    def shape(value: Any) -> Any:
        match value:
            case dict():
                return [shape(each) for each in value.values()]
            case list():
                return [shape(each) for each in value]
            case str():
                return len(value)
        return type(value)

    redacted = Redactor([answer]).value(answer)

    assert json.loads(json.dumps(redacted)) == redacted
    assert shape(redacted) == shape(answer)
