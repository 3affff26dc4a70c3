"""The groups and messages of a simulator that runs alone."""

from .groups import GroupMode, GroupType, SimulatedGroup
from .model import SimulatedGreeting
from .people import PeopledPbx
from .wav import Encoding, tone

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def default_groups() -> dict[str, SimulatedGroup]:
    """Return new groups by number, one for each type and both modes."""
    groups = (
        SimulatedGroup(
            "6300",
            "Sales",
            ["3200", "3201"],
            [
                SimulatedGreeting(
                    "group_vm_night.wav", id=41, frequency=1400, duration=3
                ),
                SimulatedGreeting(
                    "group_vm_absent.wav",
                    id=40,
                    encoding=Encoding.MULAW,
                    frequency=1500,
                ),
            ],
            id=1,
        ),
        SimulatedGroup(
            "6400",
            "Support",
            ["3202"],
            type=GroupType.QUEUE,
            extension_groups={"Night shift": ("0042",)},
            id=2,
        ),
        SimulatedGroup(
            "6100",
            "Everybody",
            ["3200", "3201", "3202", "0042"],
            type=GroupType.CUSTOM,
            mode=GroupMode.BROADCAST,
            id=3,
        ),
    )
    return {group.number: group for group in groups}


def leave_default_messages(pbx: PeopledPbx) -> None:
    """Put messages into some boxes: read and unread, of today and of last week."""
    messages = (
        ("3200", "15550123", "Anna Weber", 7, 7 * _DAY, 800),
        ("3200", "3201", "Ann Empty", 4, 3 * _HOUR, 900),
        ("3200", "", "", 12, 5 * _MINUTE, 1000),
        ("3202", "+4930123456", "Zoë Müller", 42, _DAY, 1100),
        ("6300", "15550199", "", 9, 2 * _HOUR, 1200),
    )
    now = pbx.clock()
    for box, number, name, duration, age, frequency in messages:
        message = pbx.leave_message(
            box,
            number,
            name,
            tone(Encoding.PCM16, frequency, duration),
            left_at=now - age,
            announced=False,
        )
        if age >= _DAY:
            pbx.read_at_phone(message.msg_id)
