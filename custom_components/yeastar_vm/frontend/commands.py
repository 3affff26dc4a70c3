"""The WebSocket commands of the card: follow mailboxes, and change their messages."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import DOMAIN
from ..entry import Pbx
from ..errors.invalid_input import MessageGone, NoEngine, NotAMailbox
from ..errors.translated import async_localized_message
from ..mailboxes.access import OpenMailbox
from ..mailboxes.mailbox import Speech
from ..pbx import Message
from ..playback.references import MessageReference
from ..transcription import async_engine_language
from .feed import async_engines, async_find_mailbox, async_get_feed

MAX_MAILBOXES: Final = 200
MAX_MESSAGES: Final = 500  # what a box holds at most
MAX_ID: Final = 255  # characters

_message_id: Final = vol.All(cv.string, vol.Length(min=1, max=MAX_ID))
_MAILBOX: Final = {vol.Required("entity_id"): cv.entity_id}
_MESSAGES: Final = {
    vol.Required("message_ids"): vol.All(
        [_message_id], vol.Length(min=1, max=MAX_MESSAGES)
    )
}

type Command = dict[str, Any]
type Answer = JsonObjectType | None
type Handler = Callable[[HomeAssistant, ActiveConnection, Command], Awaitable[Answer]]


@callback
def async_setup_commands(hass: HomeAssistant) -> None:
    """Set up the commands."""
    for command in (_subscribe, _mark_read, _delete, _transcribe):
        websocket_api.async_register_command(hass, command)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/messages/subscribe",
        vol.Required("entity_ids"): vol.All(
            [cv.entity_id], vol.Length(min=1, max=MAX_MAILBOXES)
        ),
    }
)
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: Command) -> None:
    """Tell what mailboxes show, and each change."""

    @callback
    def tell(told: dict[str, Any]) -> None:
        connection.send_event(msg["id"], told)

    connection.send_result(msg["id"])
    removers = [
        async_get_feed(hass, entity_id).async_add_reader(connection.user, tell)
        for entity_id in dict.fromkeys(msg["entity_ids"])
    ]

    @callback
    def unsubscribe() -> None:
        for remove in removers:
            remove()

    connection.subscriptions[msg["id"]] = unsubscribe


def _answered(handler: Handler) -> websocket_api.const.AsyncWebSocketCommandHandler:
    """Send what a command returns, or its error in the language of Home Assistant."""

    @wraps(handler)
    async def answered(
        hass: HomeAssistant, connection: ActiveConnection, msg: Command
    ) -> None:
        try:
            answer = await handler(hass, connection, msg)
        except HomeAssistantError as err:
            connection.send_error(
                msg["id"],
                _code(err),
                await async_localized_message(hass, err),
                translation_domain=err.translation_domain,
                translation_key=err.translation_key,
                translation_placeholders=err.translation_placeholders,
            )
        else:
            connection.send_result(msg["id"], answer)

    return answered


def _code(err: HomeAssistantError) -> str:
    match err:
        case Unauthorized():
            return "not_allowed"
        case NotAMailbox():
            return websocket_api.ERR_NOT_FOUND
    return websocket_api.ERR_HOME_ASSISTANT_ERROR


@websocket_api.websocket_command(
    {vol.Required("type"): f"{DOMAIN}/messages/mark_read", **_MAILBOX, **_MESSAGES}
)
@websocket_api.async_response
@_answered
async def _mark_read(
    hass: HomeAssistant, connection: ActiveConnection, msg: Command
) -> None:
    """Mark messages of a mailbox as read."""
    _, mailbox = await _open(hass, connection, msg, POLICY_CONTROL)
    await _each(mailbox, msg, mailbox.mark_read)


@websocket_api.websocket_command(
    {vol.Required("type"): f"{DOMAIN}/messages/delete", **_MAILBOX, **_MESSAGES}
)
@websocket_api.async_response
@_answered
async def _delete(
    hass: HomeAssistant, connection: ActiveConnection, msg: Command
) -> None:
    """Delete messages of a mailbox."""
    pbx, mailbox = await _open(hass, connection, msg, POLICY_CONTROL)

    async def delete(message: Message) -> None:
        await mailbox.delete(message)
        pbx.playback.forget(MessageReference(message.number, message.message_id))

    await _each(mailbox, msg, delete)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/messages/transcribe",
        **_MAILBOX,
        vol.Required("message_id"): _message_id,
    }
)
@websocket_api.async_response
@_answered
async def _transcribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: Command
) -> JsonObjectType:
    """Turn a message of a mailbox into text."""
    pbx, mailbox = await _open(hass, connection, msg, POLICY_READ)
    message = mailbox.message(msg["message_id"])
    speech = mailbox.mailbox.speech or _any_speech(hass)
    transcript = await pbx.transcriber.transcribe(
        mailbox, message, speech.engine, speech.language
    )
    return transcript.response


def _any_speech(hass: HomeAssistant) -> Speech:
    """Return what turns the messages of other mailboxes into text; raise NoEngine.

    One that can be used comes first. Otherwise, the user is told why the first cannot.
    """
    if not (engines := async_engines(hass)):
        raise NoEngine
    for engine in engines:
        with suppress(HomeAssistantError):
            async_engine_language(hass, engine, None)
            return Speech(engine, None)
    return Speech(engines[0], None)


async def _open(
    hass: HomeAssistant, connection: ActiveConnection, msg: Command, permission: str
) -> tuple[Pbx, OpenMailbox]:
    """Return the mailbox of a command with the messages that the PBX has now."""
    found, entry = async_find_mailbox(hass, msg["entity_id"])
    if found is None or entry is None:
        raise NotAMailbox(number=msg["entity_id"])
    pbx = await Pbx.of(hass, entry)
    mailbox = pbx.mailbox(found.number, connection.user, permission)
    await mailbox.update()
    return pbx, mailbox


async def _each(
    mailbox: OpenMailbox, msg: Command, change: Callable[[Message], Awaitable[None]]
) -> None:
    """Change messages one after the other. One that is gone needs no change."""
    wanted = set(msg["message_ids"])
    for message in mailbox.messages:
        if message.message_id in wanted:
            with suppress(MessageGone):
                await change(message)
