"""Clips of one audio: each with its own title, and no copy of the audio."""

from itertools import product

import pytest

from custom_components.yeastar_vm.audio import Audio
from custom_components.yeastar_vm.playback.relay import clip as clip_module
from custom_components.yeastar_vm.playback.relay.clip import Clip, Clips

AUDIO = b"audio"
HEADS = b"one", b"second", b""
MB = 1024 * 1024


def clips_of(content: bytes) -> Clips:
    """Return the clips of an audio."""
    return Clips(Audio(content, "audio/mpeg", ".mp3", "digest"), "source")


def sent(clip: Clip, start: int, stop: int) -> bytes:
    """Return what a player gets of a part of a clip."""
    return b"".join(clip.cut(start, stop))


@pytest.mark.parametrize("most", [100, 5, 0])
def test_each_title_stands_in_front_of_the_same_audio(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whichever comes first, and also where the audio is too large for a copy."""
    monkeypatch.setattr(clip_module, "MAX_COPY", most)
    clips = clips_of(AUDIO)

    for head in HEADS * 2:
        clip = clips.get(head)

        whole = head + AUDIO
        assert clip.size == len(whole)
        for start, stop in product(range(len(whole) + 1), repeat=2):
            assert sent(clip, start, stop) == whole[start:stop]
    assert len({clips.get(head).tag for head in HEADS}) == len(HEADS)


def test_nothing_is_made_twice() -> None:
    """The clip of a title is kept with the audio."""
    clips = clips_of(AUDIO)

    assert clips.get(b"one") is clips.get(b"one")
    assert clips.size == len(b"one" + AUDIO)


@pytest.mark.parametrize(("size", "pieces"), [(4 * MB - 1, 1), (4 * MB, 2)])
def test_only_what_is_small_is_copied_behind_its_title(size: int, pieces: int) -> None:
    """So that it is sent in one piece."""
    assert len(clips_of(bytes(size)).get(b"title").pieces) == pieces


def test_audio_without_a_title_is_one_piece() -> None:
    """There is nothing in front of it."""
    assert len(clips_of(bytes(5 * MB)).get(b"").pieces) == 1
