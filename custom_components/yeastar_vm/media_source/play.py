"""Resolve greetings and messages to links that players can play."""

from homeassistant.components.media_source import PlayMedia, Unresolvable
from homeassistant.core import HomeAssistant

from ..exceptions import translated
from ..issues import handled_errors
from ..pbx import NotFound, YeastarClient
from ..references import (
    GreetingReference,
    MediaReference,
    MessageReference,
    parse_media_identifier,
)
from .pbxs import LoadedPbx, find_loaded_pbx


async def resolve(hass: HomeAssistant, identifier: str) -> PlayMedia:
    """Return the link of the relay to a greeting or a message; raise Unresolvable."""
    if (parsed := parse_media_identifier(identifier)) is None:
        raise translated(Unresolvable, "not_a_greeting")
    part, reference = parsed
    pbx = await find_loaded_pbx(hass, part, Unresolvable)
    _check_mailbox(pbx, reference)
    client = pbx.data.client
    with handled_errors(hass, pbx.entry, Unresolvable):
        try:
            reference, link = await reference.find(client)
        except NotFound:
            raise await _gone(client, reference) from None
        media = await pbx.data.relay.prepare(reference, link)
    return PlayMedia(media.path, media.content_type)


def _check_mailbox(pbx: LoadedPbx, reference: MediaReference) -> None:
    """Raise Unresolvable for a message of a box that the user did not add."""
    mailboxes = pbx.data.mailboxes
    if isinstance(reference, MessageReference) and (
        mailboxes is None or reference.number not in mailboxes.mailboxes
    ):
        raise translated(Unresolvable, "not_a_mailbox", number=reference.number)


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
