"""The page that says which PBXs were seen."""

from dataclasses import replace

import pytest

from simulator import DOCUMENTED, Profile, compatibility, profile
from simulator.profile import Origin

WRITE = "--write-docs"


def test_the_page_is_current(request: pytest.FixtureRequest) -> None:
    """`scripts/test --write-docs` writes it."""
    page = compatibility.page({name: Profile.named(name) for name in profile.names()})

    if request.config.getoption(WRITE):
        compatibility.PATH.write_text(page, "utf-8")

    assert compatibility.PATH.read_text("utf-8") == page, (
        f"write it with: scripts/test {WRITE} simulator/tests/test_compatibility.py"
    )


def test_what_the_page_says_of_a_pbx() -> None:
    """What works, what does not, and what the simulator does not do."""
    recorded = replace(
        DOCUMENTED,
        origin=Origin.RECORDED,
        findings={
            "groups": "no_permission (access_denied)",
            "greeting_audio": "works",
            "messages": "empty",
        },
        observed={"ranges": "The audio of a greeting has Accept-Ranges: bytes."},
        not_covered=("vm_group/list was answered 10005.",),
    )

    page = compatibility.page({"p550_new": recorded})

    real, _, simulated = page.partition("## Simulators")
    assert (
        "| [`p550_new`](#p550_new-yeastar-p550-3723015) | Yeastar P550 | 37.23.0.15 |"
        " recorded | greeting audio, messages | groups (no permission) |\n"
    ) in real
    assert "- `ranges`: The audio of a greeting has Accept-Ranges: bytes.\n" in real
    assert "Seen, and not simulated:\n\n- vm_group/list was answered 10005.\n" in real
    assert "p550_new" not in simulated


def test_simulators_are_not_taken_for_real_pbxs() -> None:
    """Nor is what was not checked said to work."""
    page = compatibility.page(
        {
            "reported": DOCUMENTED,
            "simulated": replace(DOCUMENTED, origin=Origin.SIMULATED),
        }
    )

    real, _, simulated = page.partition("## Simulators")
    assert "`simulated`" not in real
    assert "`reported`" not in simulated
    assert "| reported | not checked | not checked |" in real
    assert "They say nothing of a real PBX" in simulated
