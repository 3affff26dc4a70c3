"""What happens to a mailbox: somebody leaves a message, the user hears and reads it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
import time
from typing import Any

from simulator import PbxSimulator, SimulatedMessage

from .audio import to_message, to_samples
from .demo_speech.engine import RATE
from .demo_speech.hearing import hear
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

    subentry_id: str
    device_id: str
    sensor: str
    event: str


@dataclass(frozen=True)
class Arrival:
    """A message, and the text that came by itself.

    Home Assistant told of it `seconds` after the PBX did, and of the text later.
    """

    message: SimulatedMessage
    seconds: float
    text: str
    seconds_of_text: float


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
        entities["event"]["config_subentry_id"],
        entities["sensor"]["device_id"],
        entities["sensor"]["entity_id"],
        entities["event"]["entity_id"],
    )


async def select_engine(
    home: HomeAssistant, entry_id: str, mailbox: Mailbox, engine: str = TRANSCRIBER
) -> None:
    """Let an engine turn each new message of a mailbox into text."""
    shown = await home.start_subentry_flow(entry_id, "mailbox", mailbox.subentry_id)
    shown = await home.submit(shown, "reconfigure", {"engine": engine})
    if shown.get("reason") != "reconfigure_successful":
        raise DemoError(f"the engine could not be selected: {shown}")


async def speak_message(text: str) -> bytes:
    """Return what the PBX records while the caller says a text."""
    return await to_message(await speak(text))


async def receive_message(
    home: HomeAssistant, pbx: PbxSimulator, mailbox: Mailbox, audio: bytes
) -> Arrival:
    """Let the caller leave a message; wait until Home Assistant tells what was said."""
    async with home.following(mailbox.event) as next_state:
        left_at = time.monotonic()
        message = pbx.leave_message(EXTENSION, CALLER_NUMBER, CALLER_NAME, audio)
        await _told(next_state, "message_received", message)
        seconds = time.monotonic() - left_at
        told = await _told(next_state, "message_transcribed", message)
        seconds_of_text = time.monotonic() - left_at
    if "text" not in told:
        raise DemoError(f"the message has no text: {told.get('reason')}")
    return Arrival(message, seconds, told["text"], seconds_of_text)


async def _told(
    next_state: Callable[[], Coroutine[Any, Any, Answer]],
    event_type: str,
    message: SimulatedMessage,
) -> Answer:
    """Wait for an event of a message, and return what it tells."""
    told: Answer = {}
    while (told.get("event_type"), told.get("message_id")) != (
        event_type,
        message.msg_id,
    ):
        told = (await next_state())["attributes"]
    return told


async def wait_for_unread(home: HomeAssistant, mailbox: Mailbox, count: int) -> None:
    """Wait until the sensor shows so many unread messages."""
    shown = ""

    async def shows_count() -> bool:
        nonlocal shown
        shown = str((await home.get(f"/api/states/{mailbox.sensor}"))["state"])
        return shown == str(count)

    if not await wait_until(shows_count, _SECONDS_TO_APPEAR):
        raise DemoError(f"{mailbox.sensor} shows {shown}, not {count}")


async def require_same_text(home: HomeAssistant, arrival: Arrival) -> None:
    """Raise DemoError unless the action returns the text that came by itself."""
    response = await home.call(
        "yeastar_vm",
        "transcribe_message",
        {
            "mailbox": EXTENSION,
            "message_id": arrival.message.msg_id,
            "engine": TRANSCRIBER,
        },
    )
    if response["text"] != arrival.text:
        raise DemoError(f"the text is {response['text']!r}, and was {arrival.text!r}")


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
