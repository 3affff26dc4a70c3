"""The records in the repository, and the profiles that are made of them."""

import json
from pathlib import Path
import re

import pytest

from simulator import Profile, from_record, profile
from simulator.from_record import RECORDS, profile_of, text_of
from simulator.profile import FOLDER, Origin

REPOSITORY = Path(__file__).parents[2]
NAMES = sorted(file.stem for file in RECORDS.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_what_its_record_makes(name: str) -> None:
    """If it is not, a rule has changed: make it again, and look at the difference."""
    made = profile_of(
        (RECORDS / f"{name}.json").read_bytes(), Profile.named(name).origin
    )

    assert text_of(made) == (FOLDER / f"{name}.json").read_text("utf-8"), (
        f"make it again: .venv/bin/python -m {from_record.__name__} "
        f"simulator/records/{name}.json --name {name}"
    )


def test_each_profile_that_was_recorded_has_its_record() -> None:
    """And each record its profile."""
    recorded = [
        name
        for name in profile.names()
        if Profile.named(name).origin is not Origin.REPORTED
    ]

    assert recorded == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_record_can_be_read_by_a_person(name: str) -> None:
    """It is small, and has one value a line."""
    text = (RECORDS / f"{name}.json").read_text("utf-8")

    assert len(text) < 64 * 1024
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


def test_the_workflow_runs_each_profile() -> None:
    """As `.ci/run` does, which takes them from the folder."""
    workflow = (REPOSITORY / ".github/workflows/ci.yml").read_text("utf-8")
    matrix = re.search(r"profile: \[(.*)\]", workflow)

    assert matrix
    assert matrix[1].split(", ") == profile.names()
    assert "for profile in simulator/profiles/*.json" in (
        REPOSITORY / ".ci/run"
    ).read_text("utf-8")
