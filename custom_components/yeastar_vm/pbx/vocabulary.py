"""The words of the vendor's protocol, which say nothing of whoever uses a PBX."""

import re
from typing import Final

_TIMES: Final = (
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}[ T]\d{1,2}:\d\d(:\d\d)?( [AP]M)?|\d{1,13}"
)
_NUMBER: Final = r"-?\d{1,15}"
_ERROR: Final = (
    "ACCESS|ACCOUNT|ACTION|API|BLOCKED|CONNECTION|DATA|DENIED|DISABLED|DUPLICATE|ERROR"
    "|EXCEEDED|EXISTED|EXPIRED|FAILED|FAILURE|FILE|FORBIDDEN|FOUND|INTERFACE|INTERNAL"
    "|INVALID|IP|KEY|LIMITATION|MAINTENANCE|MAX|NOT|OF|OPERATION|ORGANIZATION|OUT"
    "|OVERLOAD|PARAMETER|PARTIAL|PERMISSION|PHONEBOOK|PROCESSING|RATE|RELATION|ROLE"
    "|RUNNING|SERVER|SIZE|SUCCESS|SYNTAX|TASK|TOKEN|UNSUPPORTED|VALUE|VERSION"
)
_MODEL: Final = (
    r"P\d{2,3}[A-Z]?|P-Series|Appliance|CE|Cloud|Edition|Enterprise|PBX|PCE|PSE|Plus"
    "|Pro|SE|Software|Standard|System|Ultimate|Yeastar"
)
_PRESENCES: Final = "available|away|business_trip|do_not_disturb|l[au]u?nch|off_work"

# What the values of these keys look like where they are of the protocol. Any other is
# private: a presence, for example, may be one that somebody named. Only a check needs
# them: they are compiled then.
_VALUES: Final = {
    **dict.fromkeys(("time", "time_start", "system_time", "timestamp"), _TIMES),
    **dict.fromkeys(
        (
            *("access_token_expire_time", "refresh_token_expire_time"),
            *("agent_ring_time", "block_expire_time", "call_duration", "duration"),
            *("errcode", "is_read", "page", "page_size", "size", "talk_duration"),
            *("total_number", "up_time"),
        ),
        _NUMBER,
    ),
    "errmsg": rf"({_ERROR})([ _]({_ERROR}))*",
    "ext_dev_type": r"sip|fxs|linkus(desktop|mobile|web)",
    "firmware_version": r"\d{2,3}\.\d+\.\d+\.\d+",
    "hardware_version": r"V\d+\.\d+ \d{4}-\d{4}",
    "linkus_dev_type": "android|ios",
    "mode": "broadcast|share",
    "model_name": rf"({_MODEL})( ({_MODEL}))*",
    "module": "extension|group|groupvoicemail|queue|ring_group",
    "order_by": "asc|desc",
    "presence_status": _PRESENCES,
    "custom_presence_status": _PRESENCES,
    "sort_by": "caller_id_name|id|number",
    "status": rf"{_NUMBER}|ANSWERED|BUSY|FAILED|NO ANSWER|VOICEMAIL|{_PRESENCES}",
    "suffix": r"\.(gsm|GSM|mp3|MP3|wav|WAV)",
    "system_date_format": r"[YMDymd]{2,4}([/.-][YMDymd]{2,4}){2}",
    "system_time_format": r"[HhMmSs]{2}(:[HhMmSs]{2}){1,2}( [AP]M)?",
    "topic_list": r"300\d\d",
    "type": rf"{_NUMBER}|custom|queue|record|ring_group|tts|Inbound|Internal|Outbound",
    "validation_type": "required",
}

# The keys of answers and frames, and the parameters of requests.
KEYS: Final = frozenset(_VALUES) | frozenset(
    """
    access_token call_from call_from_name call_from_number call_id call_to call_to_name
    call_to_number caller_id_name data device_name did_number download_resource_url
    dst_trunk_name email_addr ext_number extension field file file_name fxs_phone
    greeting_list group_voicemail_read_status id ids invalid_param_list ip
    linkus_desktop linkus_mobile linkus_web member_list members mobile_number msg msg_id
    name number online_status pin_code play_resource_url presence_list real_filename
    recording refresh_token role_name search_value sip_phone sn src_trunk_name
    status_list timezone topic_list uid value vm_greeting vm_group_list voicemail_list
    """.split()  # noqa: SIM905 - one a line would take pages
)

# What other keys of the vendor are made of: a key of other words may be a name.
_WORDS: Final = frozenset(
    """
    access account action addr address agent all allow always api asr attr audio block
    business busy call called caller cc change check client code complete conf
    conference config count create current custom data date datetime default delete
    deny dept desc desktop dest dev device did dial disable display disturb do download
    dst duplicate duration dynamic email enable enabled enb end endpoint endpoints err
    errcode errmsg error exist expire ext extension ext file filename first firmware
    flag follow force format forward from full fxs greeting greetings group hardware
    heartbeat id ids in index info information internal invalid ip is item items key
    language last left length level limit limited line link linkus list listen locked
    mac max member members message messages min mobile mode model module moh msg name
    new next no not note notify num number of off offset old online option order other
    outbound owner page paging param password path pending permission phone pin pitch
    play port prefix presence press previous priority prompt queue read real record
    recorder recording ref refresh reg reg rel relation remark request resource result
    results review ring ringtone role rows search sec seconds secret server share show
    sign sip size sn sort source speed src start state status storage suffix support
    switch sys system talk text time timeout timestamp timezone to token total trunk
    type uid unread up update upload upper url use used user username uuid valid
    validation value version vm voice voicemail web work write zone
    """.split()  # noqa: SIM905
)
# One short word may be a name, such as Max.
_KEY: Final = re.compile(r"[a-z]{4,}[0-9]?|[a-z]+[0-9]?(_[a-z]+[0-9]?)+")

# What stands in the path of a link, beside what names a file.
PATH_WORDS: Final = frozenset(
    """
    api download gsm http: https: mp3 openapi PBX Recording subscribe v1 Voicemail
    VoicemailGreeting wav WAV x 0
    """.split()  # noqa: SIM905
)


def is_key(key: str) -> bool:
    """Return whether a key is made of the words of the vendor alone."""
    return key in KEYS or (
        _KEY.fullmatch(key) is not None
        and all(part.rstrip("0123456789") in _WORDS for part in key.split("_"))
    )


def is_of_protocol(key: str, value: str) -> bool:
    """Return whether a value that stands under a key is one of the protocol."""
    if key == "field":
        return all(is_key(word) for word in value.split(" or "))
    pattern = _VALUES.get(key)
    return pattern is not None and re.fullmatch(pattern, value) is not None
