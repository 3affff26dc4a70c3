"""The extensions and greetings of a new simulator.

Each greeting has a tone of its own, so that playing the wrong file is noticed.
"""

from .model import SimulatedExtension, SimulatedGreeting
from .wav import Encoding


def default_extensions() -> dict[str, SimulatedExtension]:
    """Return new extensions by number."""
    extensions = (
        SimulatedExtension(
            "3200",
            "Leo Ball",
            [
                SimulatedGreeting(
                    id=20,
                    file="vm_end",
                    real_filename="vm_welcome_001.wav",
                    type="tts",
                    encoding=Encoding.ALAW,
                    frequency=400,
                ),
                SimulatedGreeting(id=19, real_filename="vm_welcome.wav", frequency=300),
                SimulatedGreeting(
                    id=18,
                    file="holiday",
                    real_filename="holiday.wav",
                    encoding=Encoding.MULAW,
                    frequency=500,
                ),
                SimulatedGreeting(
                    id=17,
                    real_filename="closed.WAV",
                    encoding=Encoding.GSM,
                    frequency=600,
                ),
            ],
            email="leo.ball@example.com",
            mobile="15550100",
        ),
        SimulatedExtension("3201", "Ann Empty", presence="away"),
        SimulatedExtension(
            "3202",
            "Olive Odd",
            [
                SimulatedGreeting(
                    id=27, real_filename="after hours.wav", frequency=700
                ),
                SimulatedGreeting(id=26, real_filename="a+b & c#1.wav", frequency=800),
                SimulatedGreeting(id=25, real_filename="50%20off.wav", frequency=900),
                SimulatedGreeting(id=24, real_filename="fermé.wav", frequency=1000),
                SimulatedGreeting(
                    id=23,
                    real_filename="night.WAV",
                    encoding=Encoding.GSM,
                    frequency=1100,
                ),
                SimulatedGreeting(id=22, real_filename="night.wav", frequency=1200),
            ],
            presence="do_not_disturb",
        ),
        SimulatedExtension(
            "0042",
            "Zoë Zero",
            [SimulatedGreeting(id=30, real_filename="hello.wav", frequency=1300)],
            email="zoe@example.com",
        ),
    )
    return {extension.number: extension for extension in extensions}
