"""Media identifiers: what they name, and what is none."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.yeastar_vm.pbx import Box, BoxKind
from custom_components.yeastar_vm.playback.directory import Directory
from custom_components.yeastar_vm.playback.references import (
    GreetingReference,
    MediaReference,
    MessageReference,
    media_identifier,
    parse_media_content_id,
    parse_media_identifier,
)

LONG = "1" * 255


@pytest.mark.parametrize(
    "reference",
    [
        GreetingReference("3200", "vm_welcome.wav"),
        GreetingReference("3200", "a/b.wav"),
        GreetingReference(LONG, LONG),
        MessageReference("3200", "20261201030000-1"),
    ],
    ids=str,
)
def test_what_is_named(reference: MediaReference) -> None:
    """It is read as it was written."""
    identifier = media_identifier("a/b", reference)

    assert parse_media_identifier(identifier) == ("a%2Fb", reference)
    content_id = f"media-source://yeastar_vm/{identifier}"
    assert parse_media_content_id(content_id) == ("a%2Fb", reference)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "pbx/greetings/3200",
        "/greetings/3200/a.wav",
        "pbx/greetings//a.wav",
        "pbx/greetings/3200/",
        f"pbx/greetings/{LONG}1/a.wav",
        f"pbx/greetings/3200/{LONG}1",
        "pbx/files/3200/a.wav",
    ],
)
def test_what_is_not_named(identifier: str) -> None:
    """Nothing of it is looked for."""
    assert parse_media_identifier(identifier) is None


@pytest.mark.parametrize(
    "content_id",
    ["x", "media-source://yeastar_vm", "media-source://tts/p/greetings/1/a"],
)
def test_media_of_another_source(content_id: str) -> None:
    """It is not taken for a greeting."""
    assert parse_media_content_id(content_id) is None


@pytest.mark.parametrize(("count", "is_kept"), [(20_000, True), (20_001, False)])
def test_the_largest_pbx(count: int, is_kept: bool) -> None:
    """The list of a larger one is read each time; the newest names are known."""
    directory = Directory()
    boxes = [Box(str(n), f"Name {n}", BoxKind.EXTENSION) for n in range(count)]
    last = boxes[-1]

    directory.keep(BoxKind.EXTENSION, boxes)

    assert (directory.recent(BoxKind.EXTENSION) is not None) == is_kept
    assert directory.title(last.number) == f"{last.number} · {last.name}"
    assert directory.title("0") == ("0 · Name 0" if is_kept else "0")


def test_a_clock_that_was_ahead_when_a_list_was_read(
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is read again."""
    directory = Directory()
    directory.keep(BoxKind.EXTENSION, [])
    assert directory.recent(BoxKind.EXTENSION) == []

    freezer.tick(timedelta(hours=-2))

    assert directory.recent(BoxKind.EXTENSION) is None
