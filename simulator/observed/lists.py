"""What the lists of a record show."""

from collections.abc import Iterable
from typing import Any

from simulator.switches import CustomPresence, EmptyBox, EmptyList, TotalNumber

from .documented import LISTS, DocumentedList
from .notes import Notes
from .record import Exchange, Record

_PRESENCES = ("extension/list", "extension/search")


def observe_lists(record: Record, notes: Notes) -> None:
    """Note what lists leave out, how long their pages are, and their fields."""
    _empty_boxes(record, notes)
    for each in record.exchanges:
        if (documented := LISTS.get(each.endpoint)) and each.errcode == 0:
            rows = _rows(each, documented, notes)
            _total(each, documented, rows, notes)
            _fields(each.endpoint, rows, documented, notes)
            if each.endpoint == "vm/query":
                _boxes(rows, notes)
    # Whether fields are left out is known now.
    _presences(record, notes)
    for each in record.of("extension/query"):
        _details(each, notes)


def _rows(
    each: Exchange, documented: DocumentedList, notes: Notes
) -> list[dict[str, Any]]:
    """Return the rows of a list; note how one without rows is written."""
    answer, key = each.succeeded, documented.key
    where = f"{key} of {each.endpoint}"
    match answer.get(key, ...):
        case list() as rows:
            return [row for row in rows if isinstance(row, dict)]
        case None:
            notes.switch("empty_list", EmptyList.NULL, f"The {where} is null.")
        case other if other is ...:
            if each.endpoint == "vm/query" and notes.switches.get("empty_box"):
                return []  # That says it all.
            bare = documented.has_total and "total_number" not in answer
            form = EmptyList.BARE if bare else EmptyList.MISSING
            also = ", and its total_number with it" if bare else ""
            notes.switch("empty_list", form, f"The {where} is left out{also}.")
        case _:
            notes.beside(f"The {where} is no list.")
    return []


def _total(
    each: Exchange,
    documented: DocumentedList,
    rows: list[dict[str, Any]],
    notes: Notes,
) -> None:
    if not documented.has_total or not rows:
        return
    total, count = each.succeeded.get("total_number", ...), len(rows)
    where = f"{each.endpoint} has {count} rows"
    if total is ...:
        reason = f"{where} and no total_number."
        notes.switch("total_number", TotalNumber.MISSING, reason)
        return
    if isinstance(total, str) and total.isdecimal():
        reason = f"The total_number of {each.endpoint} is a text."
        notes.switch("numbers_as_text", True, reason)
        total = int(total)
    if not isinstance(total, int):
        notes.switch("total_number", total, f"{where} and the total_number {total}.")
        return
    asked = int(each.parameters.get("page_size", count))
    if total < count:
        notes.switch("total_number", total, f"{where} and the total_number {total}.")
    elif count < min(total, asked):
        reason = f"{where} of {total}, where {asked} were asked for."
        notes.switch("max_page_size", count, reason)
    if count > asked:
        notes.beside(f"{where}, where {asked} were asked for.")


def _fields(
    endpoint: str,
    rows: Iterable[dict[str, Any]],
    documented: DocumentedList,
    notes: Notes,
) -> None:
    missing, unknown = set[str](), set[str]()
    # Lists and totals are left out for reasons of their own.
    single = {name for name, kind in documented.fields.items() if kind is not list}
    for row in rows:
        missing |= single - {*row, "total_number"}
        unknown |= {*row} - {*documented.fields} - documented.beside
        for name, kind in documented.fields.items():
            _type(f"{name} of {endpoint}", kind, row.get(name), notes)
    if missing:
        names = ", ".join(sorted(missing))
        reason = f"Rows of {endpoint} leave out fields: {names}."
        notes.switch("empty_fields", False, reason)
    if unknown:
        notes.beside(f"Rows of {endpoint} have more: {', '.join(sorted(unknown))}.")


def _type(where: str, kind: type, value: object, notes: Notes) -> None:
    """Note a value that is not of the documented type; null is what is left out."""
    if value is None or isinstance(value, kind):
        return
    if kind is int and isinstance(value, str) and value.lstrip("-").isdecimal():
        notes.switch("numbers_as_text", True, f"The {where} is a text.")
    else:
        notes.beside(f"The {where} is of the type {type(value).__name__}.")


def _empty_boxes(record: Record, notes: Notes) -> None:
    """Note that a box without messages is not in the list of boxes."""
    is_empty = any(
        each.errcode == 0 and not each.succeeded.get("data")
        for each in record.of("vm/get")
    )
    for each in record.of("vm/query"):
        if each.errcode == 0 and is_empty and not each.succeeded.get("voicemail_list"):
            reason = "vm/query leaves out a box for which vm/get has no messages."
            notes.switch("empty_box", EmptyBox.OMITTED, reason)


def _boxes(rows: Iterable[dict[str, Any]], notes: Notes) -> None:
    """Note how the messages of a box are written that has none."""
    for row in rows:
        if "data" in row and row["data"] is None:
            notes.switch("empty_list", EmptyList.NULL, "The data of a box is null.")
        elif "data" not in row:
            bare = "total_number" not in row
            form = EmptyList.BARE if bare else EmptyList.MISSING
            notes.switch("empty_list", form, "The data of a box is left out.")


def _presences(record: Record, notes: Notes) -> None:
    rows = [
        row
        for each in record.of(*_PRESENCES)
        for row in each.succeeded.get("data") or []
        if isinstance(row, dict)
    ]
    custom = [row.get("custom_presence_status") for row in rows]
    if not rows:
        return
    if not any("custom_presence_status" in row for row in rows):
        if "empty_fields" not in notes.switches:
            reason = "No extension has a custom_presence_status."
            notes.switch("custom_presence", CustomPresence.MISSING, reason)
    elif custom == [row.get("presence_status") for row in rows]:
        reason = "custom_presence_status repeats presence_status in each row."
        notes.switch("custom_presence", CustomPresence.REPEATS, reason)


def _details(each: Exchange, notes: Notes) -> None:
    rows = each.succeeded.get("data")
    if each.errcode != 0:
        return
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        notes.beside("The data of extension/query is no list of objects.")
        return
    if any("custom_presence_status" in row for row in rows):
        reason = "extension/query has a custom_presence_status."
        notes.switch("detail_custom_presence", True, reason)
    if rows and not any("vm_greeting" in row for row in rows):
        reason = "extension/query has no vm_greeting."
        notes.switch("detail_greetings", False, reason)
