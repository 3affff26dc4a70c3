"""How loud audio is, and what makes all speech equally loud."""

from dataclasses import dataclass
import re
from typing import Final, Self

# In LUFS (EBU R128) and dB: what speech on a phone has, and what it is raised by.
LOUDNESS: Final = -19
MAX_GAIN: Final = 30
MAX_PEAK: Final = -2
# What is quieter is not heard, and not raised. What is a little louder may be noise:
# the quieter it is, the less it is raised.
GATE: Final = -70
SILENCE: Final = -80

# The filter of ffmpeg that measures, and what it says at the end.
FILTER: Final = "ebur128=framelog=verbose:peak=sample"
_LOUDNESS: Final = re.compile(r"\bI: +(\S+) LUFS")
_PEAK: Final = re.compile(r"\bPeak: +(\S+) dBFS")


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud audio is, in LUFS, and its highest peak, in dBFS."""

    integrated: float
    peak: float

    @classmethod
    def from_report(cls, report: str) -> Self:
        """Read what the filter says."""
        integrated, peak = _LOUDNESS.findall(report), _PEAK.findall(report)
        return cls(float(integrated[-1]), float(peak[-1]))

    @property
    def is_silent(self) -> bool:
        """Return whether nothing can be heard."""
        return self.peak <= SILENCE

    @property
    def gain(self) -> float:
        """Return by how many dB it is raised, or lowered if it is negative."""
        return min(LOUDNESS - self.integrated, MAX_GAIN, 2 * (self.integrated - GATE))
