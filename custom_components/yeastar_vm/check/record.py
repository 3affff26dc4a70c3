"""The record of a check: the answers of a PBX, without what is private."""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Final

from ..pbx.contents import format_of_wav, kind_of
from ..pbx.events import unescaped
from ..pbx.http.answers import read_json
from ..pbx.vocabulary import is_of_protocol
from .events import HEARTBEAT
from .findings import Exchange, Findings, Frame
from .redaction import JsonValue, Redactor, is_shallow

FORMAT: Final = 1

# The headers that matter, and what their values look like if they name nobody.
_HEADERS: Final = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "Accept-Ranges": "bytes|none",
        "Cache-Control": r"(no-cache|no-store|private|public|must-revalidate"
        r"|max-age=\d{1,9}|, ?)+",
        "Connection": "close|keep-alive",
        "Content-Encoding": "gzip|deflate|br",
        "Content-Length": r"\d{1,12}",
        "Content-Type": r"(application|audio|text)/(html|json|mpeg|octet-stream|plain"
        r"|wav|x-wav|wave)(; ?charset=utf-?8)?",
        "Server": r"(nginx|openresty|lighttpd|Apache)(/\d[\d.]{0,9})?",
        "Transfer-Encoding": "chunked",
    }.items()
}
_HEARTBEATS: Final = (HEARTBEAT, "heartbeat response")


def record(found: Findings) -> dict[str, JsonValue]:
    """Return the record of a check."""
    answers = [
        _json_of(exchange.answer.body)
        for exchange in found.exchanges
        if exchange.answer and exchange.answer.body
    ]
    frames = [_read_frame(frame)[0] for frame in found.frames]
    redactor = Redactor(
        (answer for answer in (*answers, *frames) if answer is not None),
        (*found.private, *_other_texts(found)),
    )
    requests: list[JsonValue] = [_request(each, redactor) for each in found.exchanges]
    return {
        "format": FORMAT,
        **_identity(requests),
        "findings": {
            finding.subject: f"{finding.outcome}"
            + (f" ({finding.error.key})" if finding.error else "")
            for finding in found.findings
        },
        "requests": requests,
        "frames": [_frame(frame, redactor) for frame in found.frames],
    }


def record_text(found: Findings) -> str:
    """Return the record of a check as a text that people can read."""
    text = json.dumps(record(found), ensure_ascii=False, indent=2)
    return text.encode(errors="replace").decode() + "\n"


def _identity(requests: list[JsonValue]) -> dict[str, JsonValue]:
    """Return model and firmware, as far as they are known to name nobody."""
    found: dict[str, JsonValue] = {"model": "", "firmware": ""}
    for request in requests:
        match request:
            case {"endpoint": "system/information", "answer": {"data": dict() as data}}:
                found["model"] = data.get("model_name", "")
                found["firmware"] = data.get("firmware_version", "")
    return found


def _request(exchange: Exchange, redactor: Redactor) -> JsonValue:
    request: dict[str, JsonValue] = {
        "endpoint": exchange.endpoint,
        "parameters": {**redactor.query(exchange.parameters)},
    }
    answer = exchange.answer
    if answer is None:
        return {**request, "failure": exchange.failure}
    request["http_status"] = answer.status
    request["headers"] = {**_headers(answer.headers, redactor)}
    request["seconds"] = round(answer.seconds, 3)
    if answer.body is None:
        return request
    if (content := _json_of(answer.body)) is not None:
        request["answer"] = redactor.value(content)
    else:
        request["content"] = kind_of(answer.body)
        if wav_format := format_of_wav(answer.body):
            request["wav_format"] = wav_format
    return request


def _frame(frame: Frame, redactor: Redactor) -> JsonValue:
    content, is_json = _read_frame(frame)
    shown: JsonValue
    if content is not None:
        shown = redactor.value(content)
    elif frame.text in _HEARTBEATS:
        shown = frame.text
    else:
        shown = redactor.text(frame.text)
    noted: dict[str, JsonValue] = {"seconds": round(frame.seconds, 3)}
    if not is_json:
        noted["escaped"] = False
    return {**noted, "sent" if frame.is_sent else "received": shown}


def _read_frame(frame: Frame) -> tuple[JsonValue, bool]:
    """Return the JSON of a frame, if it has some, and whether that is escaped."""
    if (content := _json_of(frame.text.encode(errors="replace"))) is not None:
        return content, True
    content = _json_of(unescaped(frame.text).encode(errors="replace"))
    return content, content is None


def _headers(headers: Mapping[str, str], redactor: Redactor) -> dict[str, str]:
    return {
        name: value if pattern.fullmatch(value) else redactor.text(value)
        for name, pattern in _HEADERS.items()
        if (value := headers.get(name)) is not None
    }


def _other_texts(found: Findings) -> Iterator[str]:
    """Yield what is redacted beside the answers."""
    for exchange in found.exchanges:
        for name, value in exchange.parameters.items():
            if not is_of_protocol(name, value):
                yield value
        if exchange.answer:
            for name, pattern in _HEADERS.items():
                value = exchange.answer.headers.get(name, "")
                if not pattern.fullmatch(value):
                    yield value
    for frame in found.frames:
        if frame.text not in _HEARTBEATS and _read_frame(frame)[0] is None:
            yield frame.text


def _json_of(content: bytes) -> JsonValue:
    """Return an answer that is JSON, or None."""
    try:
        value = read_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError, RecursionError:
        return None
    if not isinstance(value, dict | list):
        return None
    return value if is_shallow(value) else None
