"""What the demo does, a line for each step."""

from simulator import SimulatedMessage

from .audio import compare
from .console import say, step
from .dashboard import add_dashboard, require_card, show_cards, voicemail_card
from .mailbox import (
    CALLER_NAME,
    MESSAGE,
    TRANSCRIBER,
    Mailbox,
    add_mailbox,
    compare_text,
    play_message,
    receive_message,
    require_same_text,
    select_engine,
    speak_message,
    wait_for_unread,
)
from .system import System
from .user import (
    ENGINE,
    EXTENSION,
    FILE,
    SPOKEN_FILE,
    compare_speech,
    greeting,
    listen,
    play_greeting,
    upload_speech,
)


async def try_greetings(parts: System, entity_id: str) -> None:
    """Play a greeting, make a new one of text, and check what was heard."""
    await _play_greeting(parts, entity_id, FILE)
    with step(f"let {ENGINE} speak, and upload it as {SPOKEN_FILE}"):
        uploaded = await upload_speech(parts.home, parts.pbx)
    with step("compare what the PBX has with what was spoken"):
        comparison = await compare_speech(uploaded.audio())
    say(f"uploaded {comparison}")
    await _play_greeting(parts, entity_id, SPOKEN_FILE)


async def try_messages(parts: System, entity_id: str, entry_id: str) -> Mailbox:
    """Add a mailbox, and receive, read and hear a message; return the mailbox."""
    with step(f"add the mailbox of extension {EXTENSION}"):
        mailbox = await add_mailbox(parts.home, parts.pbx, entry_id)
    with step("add a dashboard with the card of the mailbox"):
        await add_dashboard(parts.home, "Voicemail")
        await show_cards(parts.home, voicemail_card(mailbox.event, entity_id))
        await require_card(parts.home)
    with step(f"let {TRANSCRIBER} turn its new messages into text"):
        await select_engine(parts.home, entry_id, mailbox)
    message = await leave_message(parts, mailbox, MESSAGE)
    with step(f"wait until {mailbox.sensor} is 1"):
        await wait_for_unread(parts.home, mailbox, 1)
    with step(f"play the message on {entity_id}, and mark it as read"):
        await play_message(parts.home, entity_id, message)
    await _hear(parts, message.audio())
    with step(f"wait until {mailbox.sensor} is 0"):
        await wait_for_unread(parts.home, mailbox, 0)
    return mailbox


async def leave_message(parts: System, mailbox: Mailbox, text: str) -> SimulatedMessage:
    """Let the caller say a text to the mailbox; return the message."""
    with step(f'let {CALLER_NAME} call and say "{text}"'):
        audio = await speak_message(text)
    with step(f"leave that as a message, and wait for {mailbox.event} and its text"):
        arrival = await receive_message(parts.home, parts.pbx, mailbox, audio)
    say(
        f"Home Assistant told of the message {arrival.seconds * 1000:.0f} ms"
        f" after the PBX did, and of the text after {arrival.seconds_of_text:.1f} s"
    )
    with step("compare the text with what the engine hears in the original"):
        await compare_text(arrival.text, audio)
    say(f'the text is "{arrival.text}"')
    with step("ask for the same text with transcribe_message"):
        await require_same_text(parts.home, arrival)
    return arrival.message


async def _play_greeting(parts: System, entity_id: str, file: str) -> None:
    with step(f"play {file} of extension {EXTENSION} on {entity_id}"):
        await play_greeting(parts.home, entity_id, file)
    await _hear(parts, greeting(parts.pbx, file).audio())


async def _hear(parts: System, original: bytes) -> None:
    with step("wait until it is played"):
        recording = await listen(parts.player)
    with step("compare what was played with what the PBX has, sample by sample"):
        comparison = await compare(original, recording)
    say(f"played {comparison}")
