"""Texts arrive as people wrote them, whatever Home Assistant could take them for."""

from typing import Any, Final

from simulator import PbxSimulator
from tests.engines import ENGINE
from tests.mailboxes.common import Arrivals

from .home import Home

# Home Assistant takes what a template renders for a literal if it looks like one.
LITERALS: Final = (
    "+4930123456",
    "+49 30 123456",
    "0049301234",
    "12",
    "12.",
    "1.50",
    ".5",
    "-0",
    "007",
    "1e5",
    "0x10",
    "1_000",
    "true",
    "True",
    "None",
    "none",
    "(None)",
    "...",
    "[1]",
    "(1, 2)",
    "{'a': 1}",
    "'quoted'",
    '"Zoë" "Zo"',
    "50% & more",
)
TEMPLATES: Final = ("{{ 1 + 1 }}", "{% if %}", "{# note", "{{ states('sun.sun') }}")
# What follows the number sign could be a comment.
COMMENTS: Final = (
    "None #",
    "True #",
    "12. #",
    "... #",
    "b'' #",
    "[1] #",
    "#",
    "Apt #5",
)
TEXTS: Final = (*LITERALS, *TEMPLATES, *COMMENTS)
# Where engines hear no words, they write one in parentheses, or marks alone.
SAID: Final = [text for text in TEXTS if text not in ("(None)", "...", "... #", "#")]

# What a text may begin with, and nobody sees.
JOINER: Final = "\N{WORD JOINER}"


async def test_names_of_callers(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """They are shown as the PBX has them; only some need help for that."""
    await home.automate("new_voicemail", **inputs)

    for name in TEXTS:
        http_pbx.leave_message("3200", "15550123", name, duration=4)
    await home.phone.shows(len(TEXTS))

    assert sorted(home.phone.messages) == sorted(
        f"{JOINER if '#' in name else ''}{name} (0:04)" for name in TEXTS
    )


async def test_numbers_of_callers(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """A number keeps its plus and its zeros."""
    await home.automate("new_voicemail", **inputs)

    for number in LITERALS:
        http_pbx.leave_message("3200", number, duration=4)
    await home.phone.shows(len(LITERALS))

    assert sorted(home.phone.messages) == sorted(
        f"{number} (0:04)" for number in LITERALS
    )


async def test_what_callers_said(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """It is shown as the engine wrote it."""
    await home.automate("new_voicemail", **inputs, engine=ENGINE)

    for count, text in enumerate(SAID, 1):
        home.engine.text = text
        http_pbx.leave_message("3200", "+4930123456", duration=4)
        await home.phone.shows(count)

    assert home.phone.messages == [f"+4930123456 (0:04)\n{text}" for text in SAID]


async def test_titles_and_buttons(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """They are shown as the user typed them."""
    arrivals = Arrivals(home.hass)
    http_pbx.leave_message("3200", "15550123")
    await arrivals.wait_for(1)
    for number, text in enumerate(LITERALS):
        texts = inputs | {"title": text, "play": text}
        automation = await home.automate("new_voicemail", number, **texts)
        await home.call("automation.trigger", entity_id=automation)
    await home.phone.shows(len(LITERALS))

    notified = home.phone.notified
    assert [each["title"].removeprefix(JOINER) for each in notified] == list(LITERALS)
    assert [each["data"]["actions"][0]["title"] for each in notified] == list(LITERALS)


async def test_templates_of_the_user(
    home: Home, http_pbx: PbxSimulator, inputs: dict[str, Any]
) -> None:
    """A title and a button may be templates, as everywhere in Home Assistant."""
    caller = "{{ trigger.to_state.attributes.caller_name }}"
    texts = {"title": f"From {caller}", "play": f"Hear {caller}"}
    await home.automate("new_voicemail", **inputs | texts)

    http_pbx.leave_message("3200", "15550123", "Anna {{ Weber }}")
    await home.phone.shows(1)
    await home.phone.press(home.user, "SOMETHING_ELSE")
    await home.hass.async_block_till_done()

    [notification] = home.phone.notified
    assert notification["title"] == "From Anna {{ Weber }}"
    assert notification["data"]["actions"][0]["title"] == "Hear Anna {{ Weber }}"
