"""Resolve greetings and messages to links that players can play."""

from homeassistant.components.media_source import PlayMedia
from homeassistant.core import HomeAssistant

from ..entry import Pbx
from ..errors.invalid_input import GreetingGone, NothingToPlay
from ..errors.issues import Feature
from ..pbx import NotFound
from ..playback.references import (
    GreetingReference,
    MessageReference,
    parse_media_identifier,
)
from ..playback.relay import RelayedMedia
from .shown import ShownPbx, find_shown_pbx


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
    match reference:
        case MessageReference(number, message_id):
            media = await _message(shown, number, message_id)
        case GreetingReference():
            media = await _greeting(pbx, reference)
    pbx.playback.relay.handed_out(media, [player] if player else [])
    return PlayMedia(media.path, media.content_type)


async def _message(shown: ShownPbx, number: str, message_id: str) -> RelayedMedia:
    """Return a message of a mailbox that the user may hear."""
    mailbox, pbx = shown.mailbox(number), shown.pbx
    reference = MessageReference.of(await mailbox.find(message_id))
    async with mailbox.audio_of(message_id):
        link = await reference.get_link(pbx.client)
        return await pbx.playback.relay.prepare(reference, link)


async def _greeting(pbx: Pbx, reference: GreetingReference) -> RelayedMedia:
    """Return a greeting, which may be spelled in another way on the PBX."""
    with pbx.errors(Feature.GREETINGS):
        try:
            spelled, link = await reference.find(pbx.client)
        except NotFound:
            await pbx.box(reference.number)
            raise GreetingGone(number=reference.number, file=reference.file) from None
        return await pbx.playback.relay.prepare(spelled, link)
