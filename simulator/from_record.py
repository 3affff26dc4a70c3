"""Make a profile from the record of a check: ``python -m simulator.from_record FILE``.

The record is what a user attached to a bug report. It stays in the folder ``records``
beside the profile, so that a test can make the profile again and compare.
"""

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import re
import sys
from typing import Any

from .observed import Record, observe
from .profile import FOLDER, LONGEST_NAME, Origin, Profile
from .switch_values import switch_json

RECORDS = FOLDER.parent / "records"
_UNKNOWN_SERIAL_NUMBER = "0000000000000"


def profile_of(content: bytes, origin: Origin) -> dict[str, Any]:
    """Return the content of the profile; raise ValueError for what is no record."""
    record = Record.parse(content)
    information: dict[str, Any] = {}
    for each in record.of("system/information"):
        information = each.succeeded.get("data") or {}
    if not (model := information.get("model_name")):
        raise ValueError("The record does not say the model: nothing can be made of it")
    notes = observe(record)
    return {
        "model": model,
        "firmware": information.get("firmware_version") or "unknown",
        "hardware": information.get("hardware_version") or "unknown",
        "serial_number": information.get("sn") or _UNKNOWN_SERIAL_NUMBER,
        "origin": origin.value,
        "findings": dict(record.findings),
        "switches": {name: switch_json(v) for name, v in notes.switches.items()},
        "seen": {
            "observed": notes.observed,
            "assumed": {},
            "not_covered": notes.not_covered,
        },
    }


def text_of(profile: dict[str, Any]) -> str:
    """Return a profile as it stands in its file."""
    return json.dumps(profile, ensure_ascii=False, indent=4) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Read a record, and write it and its profile into their folders."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator.from_record",
        description="Make a profile of the simulator from the record of a check.",
    )
    parser.add_argument("record", type=Path, help="as a user attached it")
    parser.add_argument("--name", help="of the profile; by default model and firmware")
    parser.add_argument(
        "--simulated", action="store_true", help="it is the record of a simulator"
    )
    options = parser.parse_args(arguments)
    content = options.record.read_bytes()
    origin = Origin.SIMULATED if options.simulated else Origin.RECORDED
    try:
        profile = profile_of(content, origin)
        Profile.parse(text_of(profile).encode())
    except ValueError as error:
        sys.stderr.write(f"{options.record}: {error}\n")
        return 1
    name = options.name or _name_of(profile)
    record = RECORDS / f"{name}.json"
    if record.resolve() != options.record.resolve():
        record.write_bytes(content)
    (FOLDER / f"{name}.json").write_text(text_of(profile), "utf-8")
    sys.stdout.write(_summary(name, profile))
    return 0


def _name_of(profile: dict[str, Any]) -> str:
    words = f"{profile['model'].removeprefix('Yeastar ')}_{profile['firmware']}"
    return re.sub(r"[^a-z0-9]+", "_", words.lower())[:LONGEST_NAME]


def _summary(name: str, profile: dict[str, Any]) -> str:
    seen = profile["seen"]
    lines = [f"Profile {name}: {profile['model']}, {profile['firmware']}", "Switches:"]
    lines += [
        f"  {switch} = {json.dumps(value)}: {seen['observed'][switch]}"
        for switch, value in profile["switches"].items()
    ] or ["  none: it does what the documents say"]
    lines.append("Seen, and covered by no switch:")
    lines += [f"  {text}" for text in seen["not_covered"]] or ["  nothing"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
