"""What happens to a mailbox: somebody leaves a message, the user hears and reads it."""

from dataclasses import dataclass
import time

from simulator import PbxSimulator, SimulatedMessage

from .audio import to_message, to_samples
from .demo_speech.hearing import RATE, hear
from .demo_speech.voice import speak
from .errors import DemoError
from .home_assistant import Answer, HomeAssistant
from .user import EXTENSION, require_relayed
from .waiting import wait_until

CALLER_NUMBER = "15550123"
CALLER_NAME = "Anna Weber"
MESSAGE = "The meeting tomorrow morning is at eleven."
TRANSCRIBER = "stt.pocketsphinx"

_SECONDS_TO_APPEAR = 30


@dataclass(frozen=True)
class Mailbox:
    """The mailbox of an extension in Home Assistant: its device and its entities."""

    device_id: str
    sensor: str
    event: str


@dataclass(frozen=True)
class Arrival:
    """A message, and the seconds from the PBX's event to that of Home Assistant."""

    message: SimulatedMessage
    seconds: float


async def add_mailbox(home: HomeAssistant, pbx: PbxSimulator, entry_id: str) -> Mailbox:
    """Add the mailbox of the extension, and wait until it hears of messages."""
    shown = await home.start_subentry_flow(entry_id, "mailbox")
    shown = await home.submit(shown, "user", {"number": EXTENSION})
    if shown["type"] != "create_entry":
        raise DemoError(f"the mailbox could not be added: {shown}")
    entities: dict[str, Answer] = {}

    async def is_ready() -> bool:
        for entity in await home.command("config/entity_registry/list"):
            if entity["config_subentry_id"]:
                entities[entity["entity_id"].partition(".")[0]] = entity
        return {"sensor", "event"} <= entities.keys() and any(
            socket.topics for socket in pbx.events.open
        )

    if not await wait_until(is_ready, _SECONDS_TO_APPEAR):
        raise DemoError("Home Assistant does not listen for messages")
    return Mailbox(
        entities["sensor"]["device_id"],
        entities["sensor"]["entity_id"],
        entities["event"]["entity_id"],
    )


async def speak_message(text: str) -> bytes:
    """Return what the PBX records while the caller says a text."""
    return await to_message(await speak(text))


async def receive_message(
    home: HomeAssistant, pbx: PbxSimulator, mailbox: Mailbox, audio: bytes
) -> Arrival:
    """Let the caller leave a message; wait until Home Assistant tells of it."""
    async with home.following(mailbox.event) as next_state:
        left_at = time.monotonic()
        message = pbx.leave_message(EXTENSION, CALLER_NUMBER, CALLER_NAME, audio)
        told = ""
        while told != message.msg_id:
            told = (await next_state())["attributes"].get("message_id", "")
        return Arrival(message, time.monotonic() - left_at)


async def wait_for_unread(home: HomeAssistant, mailbox: Mailbox, count: int) -> None:
    """Wait until the sensor shows so many unread messages."""
    shown = ""

    async def shows_count() -> bool:
        nonlocal shown
        shown = str((await home.get(f"/api/states/{mailbox.sensor}"))["state"])
        return shown == str(count)

    if not await wait_until(shows_count, _SECONDS_TO_APPEAR):
        raise DemoError(f"{mailbox.sensor} shows {shown}, not {count}")


async def transcribe(home: HomeAssistant, message: SimulatedMessage) -> str:
    """Return a message as text."""
    response = await home.call(
        "yeastar_vm",
        "transcribe_message",
        {
            "mailbox": EXTENSION,
            "message_id": message.msg_id,
            "engine": TRANSCRIBER,
        },
    )
    text: str = response["text"]
    return text


async def compare_text(text: str, original: bytes) -> None:
    """Raise DemoError unless the text is what the engine hears in the original."""
    heard = await hear(await to_samples(original, RATE))
    if not text or text != heard:
        raise DemoError(f"the text is {text!r}, but the engine hears {heard!r}")


async def play_message(
    home: HomeAssistant, entity_id: str, message: SimulatedMessage
) -> None:
    """Play a message, and mark it as read."""
    response = await home.call(
        "yeastar_vm",
        "play_message",
        {
            "entity_id": entity_id,
            "mailbox": EXTENSION,
            "message_id": message.msg_id,
            "mark_as_read": True,
        },
    )
    require_relayed(home, response)
    if not message.is_read:
        raise DemoError("the PBX has the message as unread")
