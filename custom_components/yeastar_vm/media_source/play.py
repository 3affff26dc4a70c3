"""Resolve greetings and messages to links that players can play."""

from homeassistant.components.media_source import PlayMedia
from homeassistant.core import HomeAssistant

from ..entry import Pbx
from ..errors.invalid_input import GreetingGone, MessageGone, NothingToPlay
from ..errors.issues import Feature
from ..errors.translated import InvalidInput
from ..pbx import NotFound
from ..playback.references import (
    GreetingReference,
    MediaReference,
    MessageReference,
    parse_media_identifier,
)
from .shown import find_shown_pbx


async def resolve(
    hass: HomeAssistant, identifier: str, player: str | None
) -> PlayMedia:
    """Return the link of the relay to a greeting or a message.

    A player that resolves it for itself is about to fetch it.
    """
    if (parsed := parse_media_identifier(identifier)) is None:
        raise NothingToPlay
    part, reference = parsed
    shown = await find_shown_pbx(hass, part)
    pbx = shown.pbx
    is_greeting = isinstance(reference, GreetingReference)
    if isinstance(reference, MessageReference):
        await shown.mailbox(reference.number).check(reference.message_id)
    with pbx.errors(Feature.GREETINGS if is_greeting else Feature.MESSAGES):
        try:
            reference, link = await reference.find(pbx.client)
        except NotFound:
            raise await _gone(pbx, reference) from None
        media = await pbx.playback.relay.prepare(reference, link)
    pbx.playback.relay.handed_out(media, [player] if player else [])
    return PlayMedia(media.path, media.content_type)


async def _gone(pbx: Pbx, reference: MediaReference) -> InvalidInput:
    """Return the error for something that does not exist on the PBX any longer."""
    match reference:
        case MessageReference():
            return MessageGone()
        case GreetingReference(number, file):
            await pbx.box(number)
            return GreetingGone(number=number, file=file)
