r"""The greetings that are played: three tones, up or down, in each encoding.

500 Hz, 800 Hz and 1200 Hz for 0.6 s, 0.8 s and 0.6 s, so that what is missing at either
end is noticed. Each file in the ``audio`` folder was made with

    ffmpeg -f lavfi -i "aevalsrc=0.5*sin(2*PI*t*if(lt(t\,0.6)\,500\,if(lt(t\,1.4)\,\
        800\,1200))):s=8000:d=2" -c:a CODEC -fflags +bitexact -f wav FILE

or with 1200 first and 500 last. The codec is pcm_s16le, pcm_alaw, pcm_mulaw or
libgsm_ms.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simulator import PbxSimulator, SimulatedExtension, SimulatedGreeting

EXTENSION: Final = "3300"

_AUDIO: Final = Path(__file__).parent / "audio"
_TUNES: Final = ("up", "down")


@dataclass(frozen=True)
class Greeting:
    """A greeting, its encoding, and what its recordings are called here."""

    file: str
    encoding: str
    source: str

    def recordings(self) -> list[bytes]:
        """Return the audio of each tune."""
        name, dot, suffix = self.source.partition(".")
        return [
            (_AUDIO / f"{name}-{tune}{dot}{suffix}").read_bytes() for tune in _TUNES
        ]


GREETINGS: Final = (
    Greeting("Good morning.wav", "PCM", "pcm.wav"),
    Greeting("On holiday.wav", "A-law", "alaw.wav"),
    Greeting("Out to lunch.wav", "µ-law", "mulaw.wav"),
    # Asterisk, and so the PBX, names GSM in a WAV file like this.
    Greeting("We are closed.WAV", "GSM", "gsm.WAV"),
)


def extensions() -> dict[str, SimulatedExtension]:
    """Return the one extension that has them."""
    greetings = [
        SimulatedGreeting(greeting.file, content=greeting.recordings()[0])
        for greeting in GREETINGS
    ]
    return {EXTENSION: SimulatedExtension(EXTENSION, "Paula Play", greetings)}


def record_again(pbx: PbxSimulator, greeting: Greeting) -> bytes:
    """Give a greeting the tune that it does not have now; return its audio.

    What is played after that is what the PBX has, and nothing that was kept.
    """
    greetings = pbx.extensions[EXTENSION].greetings
    index = GREETINGS.index(greeting)
    before = greetings[index]
    (content,) = set(greeting.recordings()) - {before.content}
    greetings[index] = replace(before, content=content)
    return content
