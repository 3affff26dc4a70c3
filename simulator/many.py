"""A large PBX, to see how long things take."""

from collections.abc import Iterable

from .mailboxes import SimulatedMessage
from .model import SimulatedExtension, SimulatedGreeting
from .pbx import Pbx
from .wav import Encoding, tone

_FIRST_NUMBER = 1000
_TONES = 60
_CALLER = ("15550123", "Anna Weber")


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


def fill_mailboxes(
    pbx: Pbx, boxes: Iterable[str], count: int, *, duration: int = 5
) -> None:
    """Have so many messages in each box, which nobody announced; earlier ones go.

    They were left at this moment, by the same caller, and all have the same audio. The
    boxes hold as many as that from then on.
    """
    pbx.switches.mailbox_limit = max(pbx.switches.mailbox_limit, count)
    audio = tone(Encoding.PCM16, 440, duration)
    now = pbx.clock()
    for box in boxes:
        pbx.mailboxes.clear(box)
        for _ in range(count):
            message_id = pbx.mailboxes.new_id(now)
            message = SimulatedMessage(
                message_id,
                f"call-{message_id}",
                *_CALLER,
                audio,
                duration=duration,
                left_at=now,
                listed_at=now,
            )
            pbx.mailboxes.add(box, message)
