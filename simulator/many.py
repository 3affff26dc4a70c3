"""A large PBX, to see how long things take."""

from .model import SimulatedExtension, SimulatedGreeting

_FIRST_NUMBER = 1000
_TONES = 60


def many_extensions(count: int, duration: float) -> dict[str, SimulatedExtension]:
    """Return extensions from 1000 on, by number, each with one greeting.

    The greetings last `duration` seconds; sixty in a row have different tones.
    """
    return {
        str(number): SimulatedExtension(
            str(number),
            f"Person {number}",
            [
                SimulatedGreeting(
                    "welcome.wav",
                    frequency=300 + 50 * (number % _TONES),
                    duration=duration,
                )
            ],
            email=f"person.{number}@example.com",
        )
        for number in range(_FIRST_NUMBER, _FIRST_NUMBER + count)
    }
