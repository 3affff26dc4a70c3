"""What is private is nowhere in a record, and nothing else is changed."""

import base64
import html
import json
import re
from typing import Any
import unicodedata
from urllib.parse import quote, unquote

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.yeastar_vm.check.redaction import JsonValue, Redactor
from custom_components.yeastar_vm.pbx.vocabulary import PATH_WORDS, is_key

from .secrets import SECRETS, tells

# Names that are words of the protocol, where these stay.
OF_THE_PROTOCOL = {"available", "voicemail", "VOICEMAIL"}


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
        "member_list": ["3201", "3202"],
    }

    redacted: Any = Redactor([answer]).value(answer)

    number, name = redacted["number"], redacted["caller_id_name"]
    assert redacted["id"] == int(number)
    assert redacted["call_to"] == f"{name}<{number}>"
    assert redacted["play_resource_url"] == f"/api/download/x.wav?extension={number}"
    assert len({number, *redacted["member_list"]}) == 3


def test_links_keep_how_they_are_made() -> None:
    """The path of the PBX, two slashes, and an empty parameter."""
    link = "//api/download/PBX-VoicemailGreeting-83.23.x-20260512-D5X9.wav?&token="

    redacted = Redactor([{"play_resource_url": link}]).link(link)

    assert redacted.startswith("//api/download/PBX-VoicemailGreeting-")
    assert redacted.endswith(".wav?&token=")
    assert "D5X9" not in redacted
    assert "20260512" not in redacted


def test_links_are_written_as_before() -> None:
    """Quoted where they were, with their scheme and the marks of their host."""
    links = [
        "https://[2001:db8::7]:8088/api/download/ferm%C3%A9.wav",
        "/api/download/fermé.wav?token=a%2Fb",
        "api/download/a+b.wav",
        "http://pbx.example/api/download/x.wav#end",
    ]

    redactor = Redactor([{"play_resource_url": link} for link in links])
    shown = [redactor.link(link) for link in links]

    assert re.fullmatch(
        r"https://\[\d{4}:[a-z]{2}\d::\d\]:\d{4}/api/download/[a-z]{4}%C3%[\dA-F]{2}.wav",
        shown[0],
    )
    assert re.fullmatch(r"/api/download/[a-z]{4}\w\.wav\?token=[a-z]%2F[a-z]", shown[1])
    assert shown[1].partition("%")[0].isascii() is False
    assert re.fullmatch(r"api/download/[a-z]\+[a-z]\.wav", shown[2])
    assert re.fullmatch(
        r"http://[a-z]{3}\.[a-z]{7}/api/download/x\.wav#[a-z]{3}", shown[3]
    )


@pytest.mark.parametrize(
    "nested",
    [
        '{"call_from": "M\\u00fcller", "status": "VOICEMAIL"}',
        '{"call_from":"Müller","status":"VOICEMAIL"}',
        '{"call_from":"M\\u00fcller","status":"VOICEMAIL"}',
    ],
)
def test_json_within_json_is_written_as_before(nested: str) -> None:
    """Escaped or not, with blanks or without."""
    shown = Redactor([{"msg": nested}]).value({"msg": nested})

    assert isinstance(shown, dict)
    assert isinstance(text := shown["msg"], str)
    assert "ller" not in text
    assert text.isascii() == nested.isascii()
    assert (": " in text) == (": " in nested)
    assert len(text) == len(nested)


@pytest.mark.parametrize("text", ["Anna rang", '{"call_from":"Anna', "[" * 100_000])
def test_what_is_no_json_within_json(text: str) -> None:
    """It is a text like any other."""
    shown = Redactor([{"msg": text}]).value({"msg": text})

    assert isinstance(shown, dict)
    assert isinstance(replaced := shown["msg"], str)
    assert "Anna" not in replaced
    assert len(replaced) == len(text)


@pytest.mark.parametrize("character", ["\u1abe", "\U0001bc9c", "\U0001df0a"])
def test_a_character_that_is_the_only_one_of_its_kind(character: str) -> None:
    """It is replaced by one of another kind."""
    assert Redactor([f"Anna{character}"]).text(character) == "x"


def test_a_key_that_may_be_a_name_is_private() -> None:
    """Those of the vendor's words stay, unless somebody has that name."""
    answer: dict[str, Any] = {
        "unread_count": 1,
        "anna": 1,
        "anna_weber": 2,
        "ext3200": 3,
        "Voicemail": 4,
        "max": 5,
        "caller_id_name": "Mobile Max",
        "mobile_prefix": "0",
        "mobile_number": "",
    }

    shown = Redactor([answer]).value(answer)

    assert isinstance(shown, dict)
    assert {*shown} & {*answer} == {"unread_count", "caller_id_name", "mobile_number"}
    assert [*map(len, shown)] == [*map(len, answer)]


@pytest.mark.parametrize("name", ["voicemail", "Voicemail", "SUCCESS", "number", "api"])
def test_a_name_that_is_a_word_of_the_protocol(name: str) -> None:
    """It is replaced where it is a name, and stays where it is of the protocol."""
    answer: dict[str, Any] = {
        "errmsg": "SUCCESS",
        "voicemail_list": [{"number": "3200", "name": name}],
        "play_resource_url": f"/api/download/PBX-Voicemail-{name}7.wav",
        "msg": json.dumps({"status": "VOICEMAIL", "call_from": f"{name}<7>"}),
    }

    shown: Any = Redactor([answer]).value(answer)

    (row,) = shown["voicemail_list"]
    assert shown["errmsg"] == "SUCCESS"
    assert name.casefold() not in row["name"].casefold()
    assert "/api/download/PBX-Voicemail-" in shown["play_resource_url"]
    assert f"{name}7" not in shown["play_resource_url"]
    assert json.loads(shown["msg"])["status"] == "VOICEMAIL"
    assert name not in json.loads(shown["msg"])["call_from"]


def test_numbers_that_are_also_sizes_dates_and_ports() -> None:
    """They are replaced where they are numbers of people."""
    answer: dict[str, Any] = {
        "total_number": 20,
        "data": [
            {"number": "20", "size": 8088, "duration": 2026, "is_read": 1},
            {"number": "8088", "time": "2026/05/12 20:26:00", "is_read": 0},
            {"number": 2026, "timestamp": 2026, "is_read": 0},
        ],
    }

    shown: Any = Redactor([answer]).value(answer)

    assert shown["total_number"] == 20
    assert [each["number"] for each in shown["data"]] != [20, 8088, 2026]
    for before, after in zip(answer["data"], shown["data"], strict=True):
        assert after.pop("number") != before.pop("number")
        assert after == before


def test_a_message_of_the_pbx_that_names_somebody() -> None:
    """Errors may quote what was asked for; those of the vendor's table stay."""
    answer: dict[str, Any] = {"errcode": 70099, "errmsg": "ANNA WEBER NOT FOUND"}

    shown = Redactor([answer]).value(answer)

    assert isinstance(shown, dict)
    assert "ANNA" not in str(shown["errmsg"])
    assert shown["errcode"] == 70099


def written(secret: str) -> set[str]:
    """Return the ways in which something private can be written."""
    forms = {secret, secret.upper(), secret.lower(), secret.title()}
    forms |= {unicodedata.normalize(form, secret) for form in ("NFC", "NFD", "NFKC")}
    bare = secret.encode()
    return forms | {
        base64.b64encode(bare).decode(),
        base64.urlsafe_b64encode(bare).decode(),
        bare.hex(),
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
        json.dumps(secret)[1:-1],
        html.escape(secret),
        f"x{secret}x",
        secret[::-1],
    }


@pytest.mark.parametrize("secret", SECRETS)
def test_no_way_of_writing_what_is_private_stays(secret: str) -> None:
    """Nor is it there for whoever decodes the record."""
    forms = written(secret)
    answers: list[JsonValue] = [answer_with(form) for form in sorted(forms)]
    redactor = Redactor(answers)

    shown = json.dumps([redactor.value(each) for each in answers], ensure_ascii=False)

    seen = {shown, shown.casefold(), unquote(shown), unquote(unquote(shown))}
    seen |= {
        unicodedata.normalize(form, each) for form in ("NFC", "NFKC") for each in seen
    }
    told = {
        form
        for form in forms
        if len(form) > 3 and any(tells(each, form) for each in seen)
    }
    assert told <= {form for form in forms if form.casefold() in OF_THE_PROTOCOL}


def test_a_secret_that_is_a_number_in_json() -> None:
    """It is the same number in a text."""
    answer: dict[str, Any] = {
        "id": 493012345,
        "caller_id": 3200.5,
        "member_list": [-3200],
    }

    shown = Redactor([answer]).value({**answer, "number": "+493012345"})

    assert isinstance(shown, dict)
    assert shown["number"] == f"+{shown['id']}"
    assert "3200" not in json.dumps(shown)
    assert "3012345" not in json.dumps(shown)


@given(
    st.text(st.characters(categories=("L", "N", "So")), min_size=8, max_size=20),
    st.sampled_from(["{}", "+{}", "{}@x.example", "a {} b", "{}<{}>", "/{}/{}.wav"]),
)
def test_no_word_stays(word: str, within: str) -> None:
    """Of whatever characters it is made, unless it is one of the protocol."""
    assume(not is_key(word) and word not in {*PATH_WORDS, *OF_THE_PROTOCOL})
    answer = answer_with(within.format(word, word))

    redacted = json.dumps(Redactor([answer]).value(answer), ensure_ascii=False)

    assert word not in redacted


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
