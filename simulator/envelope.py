"""The JSON object that every answer of the API is, and what it leaves out."""

from collections.abc import Mapping

from . import errors
from .switches import EmptyList, ErrMsg, Switches

type Fields = dict[str, object]

_SKELETON: Mapping[str, object] = {"total_number": 0, "data": None}


def envelope(switches: Switches, errcode: int, fields: Fields | None = None) -> Fields:
    """Return an answer with its code, its message and its fields."""
    head: Fields = {"errcode": errcode, "errmsg": errors.ERRMSG.get(errcode, "")}
    match switches.errmsg:
        case ErrMsg.NULL:
            head["errmsg"] = None
        case ErrMsg.MISSING:
            del head["errmsg"]
    if errcode == errors.DATA_NOT_FOUND and switches.not_found_skeleton:
        head |= _SKELETON
    return head | (fields or {})


def as_written(switches: Switches, fields: Fields) -> Fields:
    """Return fields without those that the PBX leaves out, because they are empty.

    Of the fields of the answer itself only lists can be left out.
    """
    if switches.empty_fields and switches.empty_list is EmptyList.ARRAY:
        return fields
    return _written(switches, fields, with_empty=True)


def _written(switches: Switches, fields: Fields, *, with_empty: bool) -> Fields:
    form = switches.empty_list
    written: Fields = {}
    for name, value in fields.items():
        match value:
            case [] if form in (EmptyList.MISSING, EmptyList.BARE):
                continue
            case [] if form is EmptyList.NULL:
                written[name] = None
            case dict() | list():
                written[name] = _inner(switches, value)
            case "" | None if not with_empty:
                continue
            case _:
                written[name] = value
    if form is EmptyList.BARE and [] in fields.values():
        written.pop("total_number", None)
    return written


def _inner(switches: Switches, value: object) -> object:
    match value:
        case list():
            return [_inner(switches, each) for each in value]
        case dict():
            return _written(switches, value, with_empty=switches.empty_fields)
    return value
