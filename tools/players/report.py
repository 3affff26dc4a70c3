"""What was played, as a page for people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tools.bench.report import grid

from .plays import Play, Way

_WAYS = {
    Way.RELAY: "`relay`",
    Way.AUTO: "`auto`",
    Way.MEDIA: "media",
}

_INTRODUCTION = """\
This page is written by `scripts/players`, which plays greetings of a simulated PBX
(plain http) through Home Assistant on real players, and records what comes out of them.

Each greeting lasts 2 seconds: three tones one after the other, so that a wrong speed, a
missing start, a missing end and gaps are noticed. Each is there in the four encodings
that a PBX stores, and is played in three ways: by the action `play_greeting` with
`relay` and with `auto`, and as media. That is `media_player.play_media` with the media
content ID of the greeting, and in a browser what its media browser does. For the
actions, a browser is a universal media player, whose page plays the link.

Before each play the greeting is recorded again on the PBX, with its tones in the other
order, so that an old recording is noticed, too. What is not heard as it is, is played
again, in case the machine was busy or the player had a bad moment; a list below the
table has what was heard at first. Gaps of a tenth of a second are a busy machine's.

The requests at Home Assistant are those for the relay; one with a number was answered
with that error. At the PBX, `list` asks for the greetings of the extension, `link` for
a link, and `audio` is a download.
"""
_NOTHING = "-"


@dataclass(frozen=True)
class PlayerReport:
    """What one player did; ``absent`` says why it did nothing.

    ``remark`` is what to know where something was wrong.
    """

    name: str
    integration: str
    version: str = ""
    absent: str = ""
    remark: str = ""
    plays: list[Play] = field(default_factory=list)

    @property
    def wrong(self) -> list[Play]:
        """Return the plays that were not heard as they should be."""
        return [play for play in self.plays if not play.verdict.right]

    @property
    def summary(self) -> str:
        """Return in words what was heard."""
        if self.absent:
            return f"left out: {self.absent}"
        if self.wrong:
            count = Counter(play.verdict.words for play in self.wrong)
            ((most, _),) = count.most_common(1)
            return f"**{len(self.wrong)} of {len(self.plays)} wrong**, mostly: {most}"
        again = sum(bool(play.failures) for play in self.plays)
        return f"all {len(self.plays)} whole, at the right pitch" + (
            f"; {again} of them when played again" if again else ""
        )


def document(
    reports: Sequence[PlayerReport], environment: Iterable[Sequence[str]]
) -> str:
    """Return the whole page."""
    parts = [
        "# Players",
        _INTRODUCTION.rstrip(),
        grid(("Machine", ""), environment),
        grid(
            ("Player", "Version", "Integration", "Heard"),
            [
                (
                    report.name,
                    report.version or _NOTHING,
                    report.integration,
                    _cell(report.summary),
                )
                for report in reports
            ],
        ),
    ]
    for report in reports:
        if report.plays:
            parts += [f"## {report.name} {report.version}", _table(report.plays)]
        if failures := list(_failures(report.plays)):
            parts.append("\n".join(failures))
        if report.remark and (report.wrong or failures):
            parts.append(report.remark)
    return "\n\n".join(parts) + "\n"


def _table(plays: Iterable[Play]) -> str:
    return grid(
        (
            "Greeting",
            "Played by",
            "Delivered",
            "Heard",
            "Home Assistant shows",
            "Requests at Home Assistant",
            "Requests at the PBX",
        ),
        [
            (
                play.greeting.encoding,
                _WAYS[play.way],
                _delivered(play),
                _heard(play),
                _shown(play),
                play.relay or "none",
                play.pbx or "none",
            )
            for play in plays
        ],
    )


def _delivered(play: Play) -> str:
    return (
        f"{play.delivery} ({play.reason})" if play.reason else play.delivery or _NOTHING
    )


def _heard(play: Play) -> str:
    if not play.verdict.right:
        return f"**{_cell(play.verdict.words)}**"
    again = " when played again" if play.failures else ""
    return f"{play.verdict.words}{again}"


def _failures(plays: Iterable[Play]) -> Iterator[str]:
    """Return what was heard before it was right, as a list."""
    for play in plays:
        for words in play.failures if play.verdict.right else ():
            yield (
                f"- {play.greeting.encoding}, {_WAYS[play.way]}, at first:"
                f" {_cell(words)}"
            )


def _shown(play: Play) -> str:
    length = f"{play.duration:.2f} s" if play.duration else ""
    return _cell(", ".join(filter(None, (play.shown, length)))) or _NOTHING


def _cell(text: str) -> str:
    """Return a text as it can stand in a cell of a table, with nothing invisible."""
    visible = "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}"
        for letter in " ".join(text.split())
    )
    return visible.replace("|", "\\|")
