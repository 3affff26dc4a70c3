"""What a user asks for and is not possible as it is; the keys of the texts derive."""

from homeassistant.exceptions import Unauthorized

from .translated import InvalidInput, Translated


class BoxNotFound(InvalidInput):
    """The PBX has no extension or group voicemail of this number."""


class CannotOverwrite(InvalidInput):
    """The PBX would store an upload beside the greeting that it is to replace."""


class DirectNotPossible(InvalidInput):
    """The link of the PBX may contain a token, which no player may see."""


class EngineNotSupported(InvalidInput):
    """The speech-to-text entity takes no audio that can be made."""


class EngineUnavailable(InvalidInput):
    """The speech-to-text entity is not available right now."""


class ExtensionEmpty(InvalidInput):
    """The number of the box is empty."""


class FileEmpty(InvalidInput):
    """The file is given, but empty."""


class FileNotFound(InvalidInput):
    """The box has no greeting with this file name."""


class FileRequired(InvalidInput):
    """The box has several greetings, and no file is given."""


class GreetingEmpty(InvalidInput):
    """The file name of the greeting is empty."""


class GreetingExists(InvalidInput):
    """The box already has a greeting of this name."""


class GreetingGone(InvalidInput):
    """The box no longer has this greeting."""


class GroupInItself(InvalidInput):
    """A group of the target contains itself."""


class GroupWithoutMessages(InvalidInput):
    """The PBX copies the messages of the group to its members."""


class LanguageNotSupported(InvalidInput):
    """The speech-to-text entity does not support this language."""


class MailboxEmpty(InvalidInput):
    """No mailbox is given."""


class MailboxNotFound(InvalidInput):
    """There is no mailbox of this number or name, but there are others."""


class MediaEndless(InvalidInput):
    """The media is a live stream."""


class MediaGone(InvalidInput):
    """The PBX no longer has this greeting or message."""


class MediaNotAllowed(InvalidInput):
    """Home Assistant may not fetch from this address."""


class MediaNotAudio(InvalidInput):
    """The media is not audio."""


class MediaOrExtension(InvalidInput):
    """Both are given, or neither."""


class MediaTooLarge(InvalidInput):
    """The media has more bytes than are kept in memory."""


class MediaTooLong(InvalidInput):
    """The media is longer than what the PBX accepts."""


class MessageGone(InvalidInput):
    """The PBX no longer has this message."""


class MessageIdEmpty(InvalidInput):
    """The ID of the message is empty."""


class MessageNotFound(InvalidInput):
    """The mailbox has no message of this ID."""


class MessageWithoutAudio(InvalidInput):
    """The PBX lists this message, but has no audio of it: the caller hung up."""


class MessagesNotAllowed(Translated, Unauthorized):
    """The user may not see or change the messages of this mailbox."""

    def __init__(
        self, *, user_id: str, entity_id: str | None, permission: str, number: str
    ) -> None:
        Unauthorized.__init__(
            self, user_id=user_id, entity_id=entity_id, permission=permission
        )
        Translated.__init__(self, number=number)


class NameNotAllowed(InvalidInput):
    """The PBX accepts no greeting of this name."""


class NoEngine(InvalidInput):
    """There is no speech-to-text entity."""


class NoGreetings(InvalidInput):
    """The box has no greetings."""


class NoMessages(InvalidInput):
    """The mailbox has no messages."""


class NoPbx(InvalidInput):
    """No PBX is set up."""


class NoPbxLoaded(InvalidInput):
    """Several PBXs are set up, and none is loaded."""


class NoPlayers(InvalidInput):
    """No player is left of the target."""


class NoUnreadMessages(InvalidInput):
    """The mailbox has no unread messages."""


class NotAFolder(InvalidInput):
    """The media identifier names no folder."""


class NotAGreeting(InvalidInput):
    """The media is no greeting of a PBX."""


class NotAMailbox(InvalidInput):
    """The user did not add this box as a mailbox."""


class NotAPlayer(InvalidInput):
    """The entity is no media player."""


class NotAnEngine(InvalidInput):
    """The entity is no speech-to-text entity."""


class NotMedia(InvalidInput):
    """What is given is no media content ID and no URL."""


class NothingToPlay(InvalidInput):
    """The media identifier names neither a greeting nor a message."""


class PbxDisabled(InvalidInput):
    """The PBX is disabled."""


class PbxGone(InvalidInput):
    """No PBX has this serial number, and several are set up, or none."""


class PbxInBetween(InvalidInput):
    """The PBX is being loaded or unloaded."""


class PbxNotConnected(InvalidInput):
    """The setup of the PBX failed for a reason that is known, and is tried again."""


class PbxNotFound(InvalidInput):
    """The config entry that is given does not exist."""


class PbxNotLoaded(InvalidInput):
    """The PBX is not loaded, and why is not known."""


class PlayerCannotPlay(InvalidInput):
    """The entity cannot play media."""


class PlayerNotFound(InvalidInput):
    """There is no such entity."""


class PlayerUnavailable(InvalidInput):
    """The entity is unavailable."""


class RecorderEmpty(InvalidInput):
    """No extension is given whose phone rings."""


class RecorderNotFound(InvalidInput):
    """The PBX has no such extension whose phone could ring."""


class SeveralMailboxes(InvalidInput):
    """Several mailboxes have this name."""


class SeveralMailboxesSelected(InvalidInput):
    """The target has several mailboxes."""


class SeveralPbxs(InvalidInput):
    """Several PBXs are set up, and none is given."""


class SpeechEmpty(InvalidInput):
    """There is no text that an engine could speak."""
