"""Resolve greetings and messages to links that players can play."""

from homeassistant.components.media_source import PlayMedia, Unresolvable
from homeassistant.core import HomeAssistant

from ..errors.exceptions import translated
from ..errors.issues import handled_errors
from ..pbx import NotFound, YeastarClient
from ..playback.references import (
    GreetingReference,
    MediaReference,
    MessageReference,
    parse_media_identifier,
)
from .messages import check_message
from .pbxs import find_loaded_pbx


async def resolve(
    hass: HomeAssistant, identifier: str, player: str | None
) -> PlayMedia:
    """Return the link of the relay to a greeting or a message; raise Unresolvable.

    A player that resolves it for itself is about to fetch it.
    """
    if (parsed := parse_media_identifier(identifier)) is None:
        raise translated(Unresolvable, "nothing_to_play")
    part, reference = parsed
    pbx = await find_loaded_pbx(hass, part, Unresolvable)
    client, relay = pbx.data.client, pbx.data.relay
    is_greeting = isinstance(reference, GreetingReference)
    if isinstance(reference, MessageReference):
        await check_message(pbx, reference, Unresolvable)
    with handled_errors(hass, pbx.entry, Unresolvable, greetings=is_greeting):
        try:
            reference, link = await reference.find(client)
        except NotFound:
            raise await _gone(client, reference) from None
        media = await relay.prepare(reference, link)
    relay.handed_out(media, [player] if player else [])
    return PlayMedia(media.path, media.content_type)


async def _gone(client: YeastarClient, reference: MediaReference) -> Unresolvable:
    """Return the error for something that does not exist on the PBX any longer."""
    match reference:
        case MessageReference():
            return translated(Unresolvable, "message_gone")
        case GreetingReference(number, file):
            if await client.find_box(number) is None:
                return translated(Unresolvable, "no_such_extension", extension=number)
            return translated(
                Unresolvable, "greeting_gone", extension=number, file=file
            )
