"""What a recording sounds like: tones one after the other, with silence around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Final

import numpy as np

RATE: Final = 44100
"""Samples per second of all recordings."""

_HOP = 220  # samples, 5 ms
_WINDOW = 882  # samples, 20 ms
_TRANSFORM = 8192  # samples, for bins of 5.4 Hz
_SILENCE = 0.02  # of full scale; the greetings have half of it
_STEADY = 0.04  # seconds that a pitch has to last to be a tone
_SAME_PITCH = 0.03
_LENGTH_TOLERANCE = 0.06  # seconds that one tone may be longer or shorter
_SHORTEST_GAP = 0.015  # seconds
_STUTTER = 0.1  # seconds of silence that a busy machine is forgiven

type Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Note:
    """A tone in Hz, or silence (0 Hz), or something without a pitch (None)."""

    frequency: float | None
    seconds: float

    def __str__(self) -> str:
        """Return it for a person."""
        match self.frequency:
            case None:
                return f"{_length(self.seconds)} of noise"
            case 0:
                return f"{_length(self.seconds)} of silence"
        return f"{_length(self.seconds)} at {self.frequency:.0f} Hz"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a greeting was heard as it is, and in words what was heard."""

    right: bool
    words: str


def listen(samples: Samples) -> list[Note]:
    """Return what is heard between the first sound and the last."""
    if samples.size < _WINDOW:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    loud = np.sqrt((windows**2).mean(axis=1)) >= _SILENCE
    heard = np.flatnonzero(loud)
    if not heard.size:
        return []
    first, last = heard[0], heard[-1] + 1
    spectra = np.abs(np.fft.rfft(windows[first:last] * np.hanning(_WINDOW), _TRANSFORM))
    peaks = np.argmax(spectra[:, 1:], axis=1) + 1
    pitches = np.where(loud[first:last], peaks * RATE / _TRANSFORM, 0.0)
    return list(_merge(_runs(pitches.tolist())))


def _runs(pitches: list[float]) -> Iterator[Note]:
    """Return how long each pitch is heard without a break."""
    run: list[float] = []
    for pitch in pitches:
        if run and not _same(pitch, run[-1]):
            yield Note(median(run), len(run) * _HOP / RATE)
            run = []
        run.append(pitch)
    yield Note(median(run), len(run) * _HOP / RATE)


def _merge(runs: Iterator[Note]) -> Iterator[Note]:
    """Return tones and gaps; what is too short for a tone is noise, or belongs to one.

    Between two tones there are windows with both.
    """
    notes: list[Note] = []
    for steady, group in groupby(runs, _is_steady):
        if steady:
            notes.extend(group)
            continue
        seconds = sum(note.seconds for note in group)
        if notes and notes[-1].frequency and seconds < 2 * _STEADY:
            notes[-1] = Note(notes[-1].frequency, notes[-1].seconds + seconds)
        else:
            notes.append(Note(None, seconds))
    yield from notes


def _is_steady(note: Note) -> bool:
    return note.seconds >= (_STEADY if note.frequency else _SHORTEST_GAP)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME_PITCH * max(one, other)


def _length(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.2f} s"


def judge(heard: list[Note], wanted: list[Note]) -> Verdict:
    """Compare what was heard with what a greeting consists of, a few tones."""
    if not heard:
        return Verdict(False, "nothing")
    noise = sum(note.seconds for note in heard if note.frequency is None)
    if noise > sum(note.seconds for note in heard) / 2:
        return Verdict(False, "noise")
    gaps = [note for note in heard if note.frequency == 0]
    tones = _join([note for note in heard if note.frequency])
    problems = _compare(tones, wanted)
    if noise > _LENGTH_TOLERANCE:
        problems.append(f"{_length(noise)} of noise")
    silence = sum(gap.seconds for gap in gaps)
    gap = f"{_length(silence)} of silence in between"
    if problems or silence > _STUTTER:
        return Verdict(False, ", ".join([*problems, gap] if gaps else problems))
    return Verdict(True, f"all of it, with {gap}" if gaps else "all of it")


def _join(tones: list[Note]) -> list[Note]:
    """Return tones without the breaks in them."""
    joined: list[Note] = []
    for tone in tones:
        if joined and _same(joined[-1].frequency or 0, tone.frequency or 0):
            seconds = joined[-1].seconds + tone.seconds
            joined[-1] = Note(joined[-1].frequency, seconds)
        else:
            joined.append(tone)
    return joined


def _compare(heard: list[Note], wanted: list[Note]) -> list[str]:
    """Return in words how tones differ from those of the greeting."""
    times, rest = divmod(len(heard), len(wanted))
    if times > 1:
        again = ["and a part"] if rest else []
        once = _compare(heard[: len(wanted)], wanted)
        return [f"{times} times over", *again, *once]
    speed = _speed(heard, wanted)
    if speed is None:
        return _missing(heard, wanted)
    if abs(speed - 1) > _SAME_PITCH:
        return [
            f"{speed:.1f} times too fast"
            if speed > 1
            else f"{1 / speed:.1f} times too slow"
        ]
    return [*_differences(heard, wanted)]


def _speed(heard: list[Note], wanted: list[Note]) -> float | None:
    """Return how much higher all tones are; None where they are other ones."""
    if len(heard) != len(wanted):
        return None
    ratios = [
        (one.frequency or 0) / (other.frequency or 1)
        for one, other in zip(heard, wanted, strict=True)
    ]
    return median(ratios) if all(_same(*pair) for pair in pairwise(ratios)) else None


def _differences(heard: list[Note], wanted: list[Note]) -> Iterator[str]:
    """Return where a tone is longer or shorter."""
    places = ["at the start", *["in the middle"] * (len(wanted) - 2), "at the end"]
    for place, one, other in zip(places, heard, wanted, strict=True):
        more = one.seconds - other.seconds
        if abs(more) > _LENGTH_TOLERANCE:
            missing = "missing" if more < 0 else "too much"
            yield f"{_length(abs(more))} {missing} {place}"


def _missing(heard: list[Note], wanted: list[Note]) -> list[str]:
    """Return which tones are missing at the start or at the end."""
    for first in range(len(wanted)):
        for stop in range(first + 1, len(wanted) + 1):
            speed = _speed(heard, wanted[first:stop])
            if speed is not None and _same(speed, 1):
                lost = {"start": wanted[:first], "end": wanted[stop:]}
                return [
                    f"at least {_length(sum(note.seconds for note in notes))} missing"
                    f" at the {place}"
                    for place, notes in lost.items()
                    if notes
                ]
    return [f"something else ({', '.join(map(str, heard))})"]
