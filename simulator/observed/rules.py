"""From the record of a check to switches: what of it differs from the documents.

Each rule looks at one subject, and notes what it sees: as a switch with the reason, or
as something that no switch is for.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
import json
import re
from typing import Any

from simulator import display, errors
from simulator.switches import (
    CallParties,
    DateFormat,
    EmptyBox,
    ErrMsg,
    HeartbeatAnswer,
    MessageIds,
    Switches,
    TimeFormat,
    UrlForm,
)

from .documented import INFORMATION, LIFETIMES
from .lists import observe_lists
from .notes import Notes
from .record import Exchange, Record

_OF_THE_APPLICATION = (
    errors.ACCESS_DENIED,
    errors.OPERATION_FAILED,
    errors.ACTION_FORBIDDEN,
)
_MISSING_FAMILIES = {
    "vm_group/list": "group_endpoints",
    "vm_greeting/list": "group_greeting_endpoints",
    "extension_vm_greeting/list": "greeting_endpoints",
    "extension_vm_greeting/play": "greeting_endpoints",
}
_AUDIO = ("greeting_audio", "message_audio")
_SUBSCRIBE = "subscribe"
_MESSAGE_ID = re.compile(r"\d{10}-(\w+)")
_NAME_AND_NUMBER = re.compile(r".*<\d+>")


def observe(record: Record) -> Notes:
    """Return what a record shows."""
    notes = Notes()
    for rule in _RULES:
        rule(record, notes)
    order = [each.name for each in fields(Switches)]
    notes.switches = {n: notes.switches[n] for n in order if n in notes.switches}
    notes.observed = {name: notes.observed[name] for name in notes.switches}
    notes.not_covered.sort()
    return notes


def _envelopes(record: Record, notes: Notes) -> None:
    for each in record.exchanges:
        if each.endpoint in (*_AUDIO, _SUBSCRIBE):
            continue
        if each.failure:
            notes.beside(f"{each.endpoint} was not answered ({each.failure}).")
        elif each.answer is None:
            what = each.content or "nothing"
            notes.beside(f"{each.endpoint} was answered HTTP {each.status}: {what}.")
        elif each.errcode is None:
            notes.beside(f"{each.endpoint} was answered without an errcode.")
        else:
            _envelope(each, each.answer, notes)


def _envelope(each: Exchange, answer: Any, notes: Notes) -> None:
    where = each.endpoint
    if isinstance(answer["errcode"], str):
        notes.switch("numbers_as_text", True, f"The errcode of {where} is a text.")
    if "errmsg" not in answer:
        notes.switch("errmsg", ErrMsg.MISSING, f"The answer to {where} has no errmsg.")
    elif answer["errmsg"] is None:
        notes.switch("errmsg", ErrMsg.NULL, f"The errmsg of {where} is null.")
    if each.errcode:
        _refusal(each, notes)
    elif each.status != 200:
        notes.beside(f"{where} was answered a success with HTTP {each.status}.")


def _refusal(each: Exchange, notes: Notes) -> None:
    where, errcode = each.endpoint, each.errcode
    if each.status != 200:
        notes.switch(
            "error_status",
            each.status,
            f"{where} was answered {errcode} with HTTP {each.status}.",
        )
    if errcode == errors.DATA_NOT_FOUND and "total_number" in (each.answer or {}):
        reason = f"{where} was answered {errcode} with a total_number."
        notes.switch("not_found_skeleton", True, reason)
    if errcode == errors.DATA_NOT_FOUND and where in ("vm/get", "vm/query"):
        reason = f"{where} was answered {errcode} for a box without messages."
        notes.switch("empty_box", EmptyBox.REFUSED, reason)
    elif errcode == errors.INTERFACE_NOT_EXISTED and where in _MISSING_FAMILIES:
        reason = f"{where} was answered {errcode}."
        notes.switch(_MISSING_FAMILIES[where], False, reason)
    elif errcode in _OF_THE_APPLICATION:
        notes.beside(
            f"{where} was answered {errcode}: that is up to the permissions of the"
            " application, not to the model."
        )
    else:
        notes.beside(f"{where} was answered {errcode}.")


def _information(record: Record, notes: Notes) -> None:
    for each in record.of("system/information"):
        data = each.succeeded.get("data")
        if not isinstance(data, dict):
            continue
        if unknown := sorted({*data} - INFORMATION):
            notes.beside(f"system/information has more fields: {', '.join(unknown)}.")
        if "system_date_format" not in data:
            reason = "system/information has no system_date_format."
            notes.switch("system_formats", False, reason)
            continue
        for name, kind in (("date_format", DateFormat), ("time_format", TimeFormat)):
            value = str(data.get(f"system_{name}"))
            reason = f"system_{name} is {value}."
            try:
                notes.switch(name, kind(value), reason)
            except ValueError:
                notes.beside(reason)


def _tokens(record: Record, notes: Notes) -> None:
    for each in record.of("get_token", "refresh_token"):
        for name, seconds in LIFETIMES.items():
            if (found := each.succeeded.get(name, seconds)) not in (
                seconds,
                str(seconds),
            ):
                notes.beside(f"{name} of {each.endpoint} is {found}.")


def _links(record: Record, notes: Notes) -> None:
    for endpoint, key in (
        ("extension_vm_greeting/play", "play_resource_url"),
        ("vm/download", "download_resource_url"),
    ):
        for each in record.of(endpoint):
            if each.errcode == 0:
                _link(each.succeeded.get(key), key, notes)


def _link(link: object, key: str, notes: Notes) -> None:
    if not isinstance(link, str):
        notes.beside(f"{key} is no text.")
        return
    if "?" in link:
        notes.beside(f"{key} has a query.")
    if re.match("https?://", link):
        form, how = UrlForm.ABSOLUTE, "begins with a scheme"
    elif link.startswith("//"):
        form, how = UrlForm.DOUBLE_SLASH, "begins with two slashes"
    elif link.startswith("/"):
        return
    else:
        form, how = UrlForm.NO_LEADING_SLASH, "begins with no slash"
    notes.switch("url_form", form, f"{key} {how}.")


def _audio(record: Record, notes: Notes) -> None:
    for each in record.of(*_AUDIO):
        of_what = each.endpoint.removesuffix("_audio")
        if each.failure:
            notes.beside(f"The audio of a {of_what} did not come ({each.failure}).")
        elif each.errcode in (errors.TOKEN_EXPIRED, errors.ACCESS_DENIED) and (
            of_what == "greeting"
        ):
            reason = f"The link of a greeting was answered {each.errcode}."
            notes.switch("play_link_needs_token", True, reason)
        elif each.status != 200 or each.content not in ("wav", "mp3", "other"):
            what = f"errcode {each.errcode}" if each.answer else each.content
            notes.beside(
                f"The link of a {of_what} was answered HTTP {each.status}: {what}."
            )
        else:
            _audio_headers(each, of_what, notes)


def _audio_headers(each: Exchange, of_what: str, notes: Notes) -> None:
    content_type = each.headers.get("Content-Type")
    notes.switch(
        "audio_content_type",
        content_type,
        f"The audio of a {of_what} has the type {content_type or '(none)'}.",
    )
    if "Content-Length" not in each.headers:
        reason = f"The audio of a {of_what} has no Content-Length."
        notes.switch("content_length", False, reason)
    if each.headers.get("Accept-Ranges") == "bytes":
        reason = f"The audio of a {of_what} has Accept-Ranges: bytes."
        notes.switch("ranges", True, reason)


def _messages(record: Record, notes: Notes) -> None:
    for each in record.of("vm/get"):
        rows = [r for r in each.succeeded.get("data") or [] if isinstance(r, dict)]
        for row in rows:
            match = _MESSAGE_ID.fullmatch(str(row.get("msg_id")))
            if match is None:
                ids = MessageIds.OPAQUE
            elif match[1].isdecimal():
                continue
            else:
                ids = MessageIds.HEXADECIMAL
            notes.switch("message_ids", ids, f"A msg_id is of the kind {ids.name}.")
        times = _times(rows, notes)
        if len({*times}) > 1 and times == sorted(times):
            reason = "vm/get has the oldest message first."
            notes.switch("newest_message_first", False, reason)


def _times(rows: list[dict[str, Any]], notes: Notes) -> list[datetime]:
    """Return when messages were left, by the formats that the PBX names; or nothing."""
    formats = {"date_format", "time_format"} & notes.switches.keys()
    switches = Switches(**{name: notes.switches[name] for name in formats})
    try:
        return [display.read(switches, str(row.get("time"))) for row in rows]
    except ValueError:
        return []


def _events(record: Record, notes: Notes) -> None:
    for each in record.of(_SUBSCRIBE):
        reason = f"A handshake with a good token was refused with HTTP {each.status}."
        notes.switch("event_endpoint", False, reason)
    received: list[Any] = []
    last_sent = ""
    answered: dict[str, Any] = {}
    for frame in record.frames:
        if "sent" in frame:
            last_sent = "heartbeat" if frame["sent"] == "heartbeat" else "topics"
            answered[last_sent] = None
        elif isinstance(content := frame.get("received"), dict) and "type" in content:
            received.append({**content, "escaped": frame.get("escaped", True)})
        elif last_sent:
            answered[last_sent] = content
    _answers_of_socket(answered, notes)
    _frames(received, notes)


def _answers_of_socket(answered: dict[str, Any], notes: Notes) -> None:
    if "topics" in answered and answered["topics"] is None:
        reason = "A subscription was not answered."
        notes.switch("subscription_answered", False, reason)
    if "heartbeat" not in answered:
        return
    match answered["heartbeat"]:
        case None:
            reason = "A heartbeat was not answered."
            notes.switch("heartbeat_answer", HeartbeatAnswer.NONE, reason)
        case {"errcode": 0}:
            reason = "A heartbeat was answered as a subscription is."
            notes.switch("heartbeat_answer", HeartbeatAnswer.SUCCESS, reason)
        case str(text) if text != "heartbeat response":
            notes.beside("A heartbeat was answered by another text.")


def _frames(received: list[Any], notes: Notes) -> None:
    seen = set[str]()
    for frame in received:
        message = frame.get("msg")
        if not frame.get("escaped", True):
            notes.beside("The msg of a frame is a text whose marks are not escaped.")
        elif isinstance(message, dict):
            reason = "The msg of a frame is an object."
            notes.switch("event_msg_as_text", False, reason)
        elif isinstance(message, str):
            try:
                message = json.loads(message)
            except ValueError:
                message = None
        kind = frame.get("type")
        if not isinstance(message, dict):
            notes.beside(f"The msg of a frame {kind} is no JSON.")
        elif kind == 30022 and "sn" in frame:
            notes.switch("extension_event_sn", True, "A frame 30022 has an sn.")
        elif kind == 30012:
            _call(message, seen, notes)


def _call(message: dict[str, Any], seen: set[str], notes: Notes) -> None:
    called = str(message.get("call_to"))
    uid = str(message.get("uid", ""))
    if "uid" not in message:
        notes.switch("call_event_of_2023", True, "A frame 30012 has no uid.")
    elif uid in seen:
        reason = "Two frames 30012 have the same uid."
        notes.switch("call_event_stages", True, reason)
    seen.add(uid)
    if _NAME_AND_NUMBER.fullmatch(called):
        reason = "The call_to of a frame 30012 is a name and a number."
        notes.switch("call_parties", CallParties.NAMED, reason)
    elif not called.isdecimal():
        reason = "The call_to of a frame 30012 has no number."
        notes.switch("call_parties", CallParties.WORDS, reason)


_RULES: tuple[Callable[[Record, Notes], None], ...] = (
    _envelopes,
    observe_lists,
    _information,
    _tokens,
    _links,
    _audio,
    _messages,
    _events,
)
