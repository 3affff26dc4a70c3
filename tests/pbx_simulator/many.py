"""A large PBX, to see how long things take."""

from .model import SimulatedExtension, SimulatedGreeting

_FIRST_NUMBER = 1000
_TONES = 20
_SECONDS = 30.0


def many_extensions(count: int) -> dict[str, SimulatedExtension]:
    """Return extensions from 1000 on, by number, each with one greeting of 30 s.

    Twenty of them in a row have different tones.
    """
    return {
        str(number): SimulatedExtension(
            str(number),
            f"Person {number}",
            [
                SimulatedGreeting(
                    "welcome.wav",
                    frequency=300 + 100 * (number % _TONES),
                    duration=_SECONDS,
                )
            ],
            email=f"person.{number}@example.com",
        )
        for number in range(_FIRST_NUMBER, _FIRST_NUMBER + count)
    }
