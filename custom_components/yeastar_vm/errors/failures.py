"""What a user asks for and fails; the keys of the texts derive from the names."""

from .translated import Failed


class ChangeFailed(Failed):
    """The PBX did not change the greetings, for a reason that is known."""


class ChangeNotListed(Failed):
    """The PBX accepted a change that its list of greetings does not show."""


class ChangeUnclear(Failed):
    """It is not known whether the PBX changed the greetings."""

    advises = True


class ChangeUnlisted(Failed):
    """The PBX accepted a change, and its list of greetings cannot be read."""

    advises = True


class ChangesDenied(Failed):
    """The application may not change greetings."""


class ChangesNotSupported(Failed):
    """The firmware cannot change greetings."""


class DeliveryTooSlow(Failed):
    """The audio could not be fetched and converted in time."""


class EngineTooSlow(Failed):
    """The speech-to-text entity took too long for a message."""


class MediaNotResolved(Failed):
    """Home Assistant cannot say what the media is."""


class MediaTooSlow(Failed):
    """The media could not be fetched in time."""


class MediaUnavailable(Failed):
    """The server of the media does not deliver it."""


class PlayedNotMarked(Failed):
    """The messages were played, but could not be marked as read."""


class RecordTimedOut(Failed):
    """No recording arrived in time."""


class SearchFailed(Failed):
    """Nothing was found, and not every PBX could be searched."""


class TranscriptionFailed(Failed):
    """The speech-to-text entity returned no text."""


class UploadRefused(Failed):
    """The PBX refuses the name, the audio, or the box of an upload."""


class UploadDiffers(Failed):
    """The greeting is not what was uploaded."""

    advises = True
