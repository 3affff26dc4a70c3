"""Changing greetings: upload, record, update and delete, of extensions and groups."""

from collections.abc import Callable
from dataclasses import replace

from simulator import errors
from simulator.envelope import Fields
from simulator.errors import ApiError, parameter_error
from simulator.form import Part, form_parts
from simulator.greeting_files import NAME, RECORDED_NAME, check_name, stored_name
from simulator.groups import Box
from simulator.model import RecordedRequest, SimulatedExtension, SimulatedGreeting
from simulator.pbx import Pbx
from simulator.wav import rewritten

from .boxes import BOX_KINDS, BoxKind, greeting_of
from .family import Endpoint, Family
from .parameters import json_body, require

type _Handler = Callable[[BoxKind, Pbx, RecordedRequest], Fields]


def _upload(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Upload an extension voicemail greeting" and its group twin."""
    switches = pbx.switches
    file, values = _fields(form_parts(request))
    box = kind.find(pbx, values, "owner")
    name = stored_name(file.filename)
    if len(file.content) > switches.upload_limit:
        raise switches.too_large.error
    if values["is_check"] == "force":
        _check_room(pbx, box, name)
        content = file.content
        if switches.upload_rewritten:
            content = rewritten(content)
        _store_later(pbx, box, name, content)
    elif name in _names(box):
        raise ApiError(errors.DUPLICATE_KEY_VALUE)
    return {"owner": box.number}


def _record(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Record an extension voicemail greeting" and its group twin."""
    switches, query = pbx.switches, request.query
    require(query, "owner", "recorder", "file")
    box = kind.find(pbx, query, "owner")
    if query["recorder"] not in pbx.extensions:
        raise ApiError(errors.DATA_NOT_FOUND)
    check_name(query["file"], RECORDED_NAME)
    name = f"{query['file']}.wav"
    _check_room(pbx, box, name)
    rings = pbx.calls.record(
        query["recorder"], lambda speech: _store_later(pbx, box, name, speech)
    )
    if not rings and switches.unreachable_recorder is not None:
        raise ApiError(switches.unreachable_recorder)
    return {"owner": box.number}


def _update(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Edit an extension voicemail greeting" and its group twin: a new name."""
    values = json_body(request, "id", "number", "file")
    body = {field: str(value) for field, value in values.items()}
    box = kind.find(pbx, body, "number")
    greeting = next((g for g in box.greetings if str(g.id) == body["id"]), None)
    if greeting is None:
        raise ApiError(errors.DATA_NOT_FOUND)
    check_name(body["file"], NAME)
    name = body["file"] + greeting.suffix
    if name != greeting.real_filename and name in _names(box):
        raise ApiError(errors.DUPLICATE_KEY_VALUE)
    stored = name if pbx.switches.renames_file else greeting.real_filename
    renamed = replace(greeting, real_filename=stored, file=_shown(pbx, name))
    box.greetings[box.greetings.index(greeting)] = renamed
    return {}


def _delete(kind: BoxKind, pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Delete an extension voicemail greeting" and its group twin."""
    require(request.query, "extension", "file")
    box = kind.find(pbx, request.query, "extension")
    greeting = greeting_of(box, request.query["file"])
    if pbx.switches.delete_in_use_refused and greeting.real_filename in _bound(box):
        raise ApiError(errors.CONNECTION_RELATION_EXISTED)
    box.greetings.remove(greeting)
    return {}


def _fields(parts: list[Part]) -> tuple[Part, dict[str, str]]:
    """Return the file of an upload and its other fields."""
    by_name = {part.name: part for part in parts}
    values = {
        name: part.content.decode(errors="replace")
        for name, part in by_name.items()
        if name != "file"
    }
    require(by_name, "file")
    require(values, "owner", "is_check")
    if values["is_check"] not in ("ask", "force"):
        raise parameter_error("is_check", values["is_check"])
    return by_name["file"], values


def _store_later(pbx: Pbx, box: Box, name: str, content: bytes) -> None:
    """Store a greeting when the PBX is done with it."""
    if not (seconds := pbx.switches.stored_after):
        _store(pbx, box, name, content)
        return
    done_at = pbx.timeline.now + seconds
    pbx.timeline.at(done_at, lambda: _store(pbx, box, name, content))


def _store(pbx: Pbx, box: Box, name: str, content: bytes) -> None:
    """Add a greeting, or put it in the place of the one with this name."""
    added = SimulatedGreeting(name, file=_shown(pbx, name), content=content)
    if name in _names(box):
        before = greeting_of(box, name)
        box.greetings[box.greetings.index(before)] = replace(added, id=before.id)
    else:
        box.greetings.insert(0, added)


def _check_room(pbx: Pbx, box: Box, name: str) -> None:
    """Refuse one more greeting than a box can have."""
    limit = pbx.switches.greeting_limit
    names = _names(box) | {name}
    if limit is not None and len(names) > max(limit, len(box.greetings)):
        raise ApiError(errors.MAX_LIMITATION_EXCEEDED)


def _names(box: Box) -> set[str]:
    return {greeting.real_filename for greeting in box.greetings}


def _shown(pbx: Pbx, name: str) -> str:
    """Return what the list shows as ``file``."""
    return name if pbx.switches.listed_with_suffix else name.rpartition(".")[0]


def _bound(box: Box) -> set[str]:
    """Return the greetings that callers hear now or with another presence."""
    bound = {box.vm_greeting}
    if isinstance(box, SimulatedExtension):
        bound.update(box.presence_greetings.values())
    return bound


def _change(kind: BoxKind, handler: _Handler) -> Callable[..., Fields]:
    """Return a handler that refuses the change where the PBX allows none."""

    def allowed(pbx: Pbx, request: RecordedRequest) -> Fields:
        if pbx.switches.greeting_changes_refused is not None:
            raise ApiError(pbx.switches.greeting_changes_refused)
        return handler(kind, pbx, request)

    return allowed


GREETING_CHANGES = tuple(
    Family(
        {
            f"{kind.prefix}/upload": Endpoint("POST", _change(kind, _upload)),
            f"{kind.prefix}/record": Endpoint("GET", _change(kind, _record)),
            f"{kind.prefix}/update": Endpoint("POST", _change(kind, _update)),
            f"{kind.prefix}/delete": Endpoint("GET", _change(kind, _delete)),
        },
        exists=kind.exists,
    )
    for kind in BOX_KINDS
)
