"""Answers of the API: read as far as they are right, and refused where they are not."""

from dataclasses import asdict
import json
import math
import time

from hypothesis import example, given, strategies as st
import pytest

from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    Credentials,
    Extension,
    Greeting,
    InvalidResponse,
    PbxInfo,
    SignIn,
    TokenPair,
    YeastarError,
    number_order,
)
from custom_components.yeastar_vm.pbx.clock import PbxClock
from custom_components.yeastar_vm.pbx.http.answers import parse_answer
from custom_components.yeastar_vm.pbx.http.pause import LONGEST_PAUSE, address_blocked
from custom_components.yeastar_vm.pbx.messages import Message
from custom_components.yeastar_vm.pbx.values import text, whole_number
from custom_components.yeastar_vm.sign_in.address import Address
from custom_components.yeastar_vm.sign_in.tokens import (
    IssuedTokens,
    credentials_data,
    entry_credentials,
)

from .json_copies import as_sent, stored
from .strategies import edited, json_values, spoiled, texts

NOW = 1_795_000_000.0  # seconds since the epoch
HERE = Address(BaseUrl("https://192.168.5.150:8088"), "ab" * 32)
ELSEWHERE = Address(BaseUrl("https://pbx.example"), None)

TOKENS = {
    "errcode": 0,
    "access_token_expire_time": 1800,
    "access_token": "ECNQuLyvvtO1NwYlCdU2cZlXzfCUyXLM",
    "refresh_token_expire_time": 86400,
    "refresh_token": "tBVXjWaiXXhBSFJ9WRHZMSV4pZxTAJKg",
}
INFORMATION = {
    "errcode": 0,
    "data": {
        "device_name": "PBX",
        "model_name": "Yeastar P550",
        "sn": "3631A2124001",
        "firmware_version": "37.23.0.15",
    },
}
EXTENSION = {
    "number": "3200",
    "caller_id_name": "Leo Ball",
    "presence_status": "available",
}
GREETING = {
    "file": "holiday",
    "suffix": ".wav",
    "type": "record",
    "real_filename": "holiday.wav",
}
MESSAGE = {
    "msg_id": "1790000000-00000001",
    "number": "15550123",
    "name": "Anna Weber",
    "time": "2026/09/21 14:13:20",
    "duration": 12,
    "is_read": 0,
}

numbers = st.integers() | st.floats() | st.integers().map(str) | json_values


@given(spoiled(TOKENS) | json_values.map(lambda value: {"access_token": value}))
@example({"access_token": "a", "refresh_token": "\ud800"})
def test_tokens_can_be_kept(answer: dict[str, object]) -> None:
    """They last until a time there is, and a restart changes nothing of them."""
    try:
        tokens = TokenPair.from_answer(as_sent(answer), NOW)
    except InvalidResponse:
        return
    assert tokens.access_token
    assert math.isfinite(tokens.access_expires_at)
    assert math.isfinite(tokens.refresh_expires_at)
    issued = IssuedTokens(tokens, HERE, NOW)
    assert IssuedTokens.from_data(stored(issued.as_data()), ELSEWHERE) == issued


_secrets = st.text(min_size=1)
_times = st.floats(0, 1e12)
_addresses = st.builds(
    Address, st.builds(BaseUrl, st.text(min_size=1)), st.none() | st.text()
)
_tokens = st.builds(TokenPair, _secrets, _times, st.text(), _times)


@given(st.builds(IssuedTokens, _tokens, _addresses, st.none() | _times))
def test_tokens_outlive_a_restart(tokens: IssuedTokens) -> None:
    """With the address that they came from."""
    assert IssuedTokens.from_data(stored(tokens.as_data()), ELSEWHERE) == tokens


@given(st.builds(Credentials, _secrets, _secrets))
def test_credentials_outlive_a_restart(credentials: Credentials) -> None:
    """Whatever they consist of."""
    assert entry_credentials(stored(credentials_data(credentials))) == credentials


@given(spoiled(INFORMATION))
@example({"data": {"sn": "1", "device_name": "half a \ud83d"}})
def test_a_pbx_has_a_serial_number_and_a_name(answer: dict[str, object]) -> None:
    """Which can be stored, for they become an entry and a device."""
    try:
        info = PbxInfo.from_answer(as_sent(answer))
    except InvalidResponse:
        return
    assert info.serial_number
    assert info.name
    assert stored(asdict(info)) == asdict(info)


@given(
    spoiled(EXTENSION) | st.dictionaries(st.sampled_from(list(EXTENSION)), json_values)
)
@example({"number": "1", "caller_id_name": "half a \ud83d"})
def test_an_extension_has_a_number(row: dict[str, object]) -> None:
    """Or is none; it can be shown."""
    extension = Extension.from_row(as_sent(row))
    if extension is not None:
        assert extension.number
        assert stored(asdict(extension)) == asdict(extension)


@given(
    spoiled(GREETING) | st.dictionaries(st.sampled_from(list(GREETING)), json_values)
)
@example({"real_filename": "half a \ud83d.wav"})
def test_a_greeting_has_a_file_name(row: dict[str, object]) -> None:
    """Or is none; it can be shown."""
    greeting = Greeting.from_row(as_sent(row), "3200")
    if greeting is not None:
        assert greeting.file
        assert stored(asdict(greeting)) == asdict(greeting)


@given(spoiled(MESSAGE) | st.dictionaries(st.sampled_from(list(MESSAGE)), json_values))
@example({"msg_id": "1", "name": "half a \ud83d", "duration": -1})
def test_a_message_has_an_id(row: dict[str, object]) -> None:
    """Or is none; it can be shown, and its log line says nothing of the caller."""
    message = Message.from_row(as_sent(row), "3200", PbxClock())
    if message is not None:
        assert message.message_id
        assert message.duration >= 0
        shown = asdict(message) | {"time": None}
        assert stored(shown) == shown
        assert "caller" not in repr(message)


@given(st.text(min_size=1).filter(lambda name: not name.endswith(".wav")))
def test_a_file_name_is_kept_as_it_is(name: str) -> None:
    """The PBX compares it exactly, white space and all."""
    file = f"{name}.wav"
    rows: list[dict[str, object]] = [
        {"real_filename": file, "file": "other", "suffix": ".wav"},
        {"file": file, "suffix": ".wav"},
        {"file": name, "suffix": ".wav"},
    ]
    for row in rows:
        greeting = Greeting.from_row(row, "3200")
        assert greeting
        assert greeting.file == file


@given(json_values)
def test_a_text_is_a_text(value: object) -> None:
    """Whatever it was; and one that can be stored."""
    assert stored(text(as_sent(value))) == text(as_sent(value))


@given(st.integers(-(10**16), 10**16))
def test_a_whole_number_may_come_as_text(number: int) -> None:
    """With spaces around it."""
    assert whole_number(number) == whole_number(f" {number}\n") == number


@pytest.mark.parametrize(("value", "number"), [(1800.0, 1800), (-1.0, -1), (0.5, None)])
def test_a_whole_number_may_have_a_point(value: float, number: int | None) -> None:
    """As some languages write every number."""
    assert whole_number(value) == number


@given(numbers)
@example(math.nan)
@example(math.inf)
@example(1e300)
@example(True)
@example("9" * 4000)
def test_what_is_no_whole_number_is_none(value: object) -> None:
    """Rather than an error, or a number that nobody meant."""
    number = whole_number(as_sent(value))
    if number is not None:
        assert abs(number) < 10**18
        assert number == int(value if isinstance(value, float) else str(value))


@given(numbers)
@example(-1)
@example(math.nan)
@example(10**400)
def test_a_block_ends_within_a_day(block_expire_time: object) -> None:
    """Whatever the PBX says: nobody waits for ever, and nobody asks at once."""
    now = time.time()
    pause = address_blocked(as_sent(block_expire_time))
    assert now < pause.retry_at <= now + LONGEST_PAUSE + 60


_bodies = (
    st.binary()
    | json_values.map(lambda value: json.dumps(value).encode())
    | spoiled(TOKENS).map(lambda value: json.dumps(value).encode())
    | edited(b"\xef\xbb\xbf" + json.dumps(TOKENS).encode(), st.binary(max_size=3))
    | st.sampled_from((b"[", b'{"a":')).map(lambda opening: opening * 200_000)
)


@given(st.integers(100, 599) | st.just(200), _bodies)
def test_an_answer_has_an_error_code_or_is_none(status: int, body: bytes) -> None:
    """Nothing in a body ends in an error of Python."""
    try:
        errcode, answer = parse_answer(status, body)
    except YeastarError:
        return
    assert isinstance(errcode, int)
    assert text(answer["errcode"])


@given(st.lists(st.integers(1, 10**6)))
def test_extension_numbers_are_sorted_as_numbers(numbers: list[int]) -> None:
    """Though they are texts."""
    by_order = sorted(map(str, numbers), key=number_order)
    assert by_order == [str(number) for number in sorted(numbers)]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (10**18 - 1, 10**18 - 1),
        (str(10**17), 10**17),
        (-7.0, -7),
        (10**18, None),
        (str(10**18), None),
        (-(10**18), None),
        (True, None),
        (7.5, None),
    ],
)
def test_a_whole_number_is_bounded(value: object, number: int | None) -> None:
    """Longer ones do not occur, and are slow to read."""
    assert whole_number(value) == number


@given(texts, texts)
def test_credentials_are_told_to_nobody(client_id: str, secret: str) -> None:
    """A log or a traceback may show what holds them."""
    secret = f"<{secret}>"
    shown = repr(
        SignIn(Credentials(client_id, secret), TokenPair(secret, 0, secret, 0))
    )
    assert secret not in shown.replace(repr(client_id), "")
