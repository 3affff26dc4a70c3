"""The words of the protocol stay in a record, because they say nothing of anyone."""

import pytest

from custom_components.yeastar_vm.pbx.vocabulary import KEYS, is_key, is_of_protocol

# What a PBX was seen to answer, or what its documents show.
VALUES = {
    "time": ["2026/05/12 08:15:00", "05-12-2026 8:15 AM", "1785436297"],
    "time_start": ["12.05.2026T08:15:00"],
    "system_time": ["30/07/2026 09:31:37 PM"],
    "timestamp": ["1785436297"],
    "access_token_expire_time": ["1800"],
    "refresh_token_expire_time": ["86400"],
    "agent_ring_time": ["30"],
    "block_expire_time": ["600"],
    "call_duration": ["7"],
    "duration": ["-1"],
    "errcode": ["-2", "70004"],
    "is_read": ["0"],
    "page": ["1"],
    "page_size": ["500"],
    "size": ["88284"],
    "talk_duration": ["5"],
    "total_number": ["12"],
    "up_time": ["405080"],
    "errmsg": ["SUCCESS", "PARAMETER ERROR", "TOKEN_EXPIRED", "IP FORBIDDEN"],
    "ext_dev_type": ["sip", "fxs", "linkusdesktop", "linkusmobile", "linkusweb"],
    "firmware_version": ["37.23.0.83", "83.20.0.128"],
    "hardware_version": ["V2.00 0000-0000"],
    "linkus_dev_type": ["android", "ios"],
    "mode": ["broadcast", "share"],
    "model_name": ["P570", "Yeastar P550", "P-Series Software Edition"],
    "module": ["extension", "group", "groupvoicemail", "queue", "ring_group"],
    "order_by": ["asc", "desc"],
    "presence_status": ["available", "do_not_disturb", "launch", "lunch"],
    "custom_presence_status": ["away", "business_trip", "off_work"],
    "sort_by": ["caller_id_name", "id", "number"],
    "status": ["ANSWERED", "NO ANSWER", "VOICEMAIL", "1", "available"],
    "suffix": [".wav", ".WAV", ".gsm", ".mp3"],
    "system_date_format": ["YYYY/MM/DD", "dd.mm.yyyy"],
    "system_time_format": ["HH:mm:ss", "hh:mm:ss PM"],
    "topic_list": ["30012"],
    "type": ["record", "tts", "custom", "queue", "ring_group", "Internal", "30009"],
    "validation_type": ["required"],
    "field": ["number", "id or number"],
}
# Keys that are of the protocol though their values are private.
OTHER_KEYS = [
    "access_token",
    "caller_id_name",
    "msg",
    "msg_id",
    "sn",
    "uid",
    "voicemail_list",
]


@pytest.mark.parametrize("key", VALUES)
def test_what_stays(key: str) -> None:
    """A value under its own key, and the key."""
    for value in VALUES[key]:
        assert is_of_protocol(key, value)
    assert key in KEYS
    assert not is_of_protocol("caller_id_name", VALUES[key][0])


@pytest.mark.parametrize("key", sorted(KEYS))
@pytest.mark.parametrize("value", ["Anna Weber", "+4930123456", "3631A2124001"])
def test_what_does_not_stay(key: str, value: str) -> None:
    """Whatever it stands under."""
    assert not is_of_protocol(key, value)


@pytest.mark.parametrize("value", ["id or anna", "anna or id", "anna"])
def test_a_field_that_is_none(value: str) -> None:
    """One word of another makes it private."""
    assert not is_of_protocol("field", value)


@pytest.mark.parametrize("key", OTHER_KEYS)
def test_keys_that_stay(key: str) -> None:
    """They are those of the vendor's documents."""
    assert key in KEYS


@pytest.mark.parametrize(
    ("key", "stays"),
    [
        ("unread_count", True),
        ("ring_timeout1", True),
        ("voicemail2", True),
        ("timeout", True),
        ("max", False),
        ("anna", False),
        ("anna_number", False),
        ("Voicemail", False),
        ("voicemail_", False),
        ("", False),
    ],
)
def test_keys_that_are_made_of_words(key: str, stays: bool) -> None:
    """One short word may be a name."""
    assert is_key(key) is stays
