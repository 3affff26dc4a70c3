"""A PBX with people: callers, and those at its phones and in its web portal."""

from .calls import CallStatus, EndedCall, Party, new_uid
from .groups import Box, GroupMode, GroupType
from .mailboxes import SimulatedMessage
from .model import SimulatedExtension
from .pbx import Pbx
from .switches import SocketEnd
from .wav import Encoding, length, tone

_TONE = 440
_MESSAGE_SECONDS = 3
_TYPES = {
    GroupType.RING_GROUP: "Ring Group",
    GroupType.QUEUE: "Queue",
    GroupType.CUSTOM: "",
}


class PeopledPbx(Pbx):
    """A simulated PBX and what people do with it, for tests to call."""

    def leave_message(
        self,
        box: str,
        caller_number: str,
        caller_name: str = "",
        audio: bytes | None = None,
        *,
        duration: int | None = None,
        left_at: float | None = None,
        announced: bool = True,
        uid: str = "",
    ) -> SimulatedMessage:
        """Let a caller leave a message in the box of an extension or a group.

        Without ``audio`` it is a tone of ``duration`` seconds. A group that broadcasts
        copies the message to its members; the first copy is returned. A message that
        is not ``announced`` is there without an event, like a forwarded one. ``uid`` is
        that of a call that went on to one more box.
        """
        if audio is None:
            audio = tone(Encoding.PCM16, _TONE, duration or _MESSAGE_SECONDS)
        if duration is None:
            duration = round(length(audio))
        if left_at is None:
            left_at = self.timeline.now
        caller = Party(caller_number, caller_name)
        uid = uid or new_uid(left_at, self.switches)
        messages = [
            self._deliver(member, caller, uid, audio, duration, left_at)
            for member in self._boxes_behind(box)
        ]
        if announced:
            self.end_call(
                caller_number,
                box,
                CallStatus.VOICEMAIL,
                caller_name=caller_name,
                duration=duration,
                uid=uid,
            )
        return messages[0]

    def read_at_phone(self, msg_id: str, member: str = "") -> None:
        """Let somebody hear a message at a phone, of a group: one of its members."""
        message = self.mailboxes.get(msg_id)
        group = self.groups.get(self.mailboxes.box_of(message))
        if group is None:
            message.is_read = True
            return
        message.read_by.add(member or group.everybody[0])
        message.is_read = True

    def delete_at_phone(self, msg_id: str) -> None:
        """Let somebody delete a message at a phone."""
        self.mailboxes.remove(self.mailboxes.get(msg_id))

    def hang_up(self, extension: str) -> None:
        """Let somebody hang up at a phone that records a greeting, or refuse to."""
        self.calls.hang_up(extension)

    def end_call(
        self,
        caller: str,
        callee: str,
        status: CallStatus = CallStatus.ANSWERED,
        *,
        caller_name: str = "",
        duration: int = 0,
        uid: str = "",
    ) -> None:
        """Let a call end, which event 30012 says."""
        started_at = self.timeline.now - duration
        uid = uid or new_uid(started_at, self.switches)
        call = EndedCall(
            Party(caller, caller_name),
            self._party(callee),
            status,
            started_at,
            duration,
            self.call_id(uid, started_at),
            uid,
        )
        self.announce_call(call)

    def add_extension(self, extension: SimulatedExtension) -> None:
        """Let the administrator add an extension."""
        self.extensions[extension.number] = extension
        self.announce_extension(extension.number, "CREATE")

    def rename_extension(self, number: str, name: str) -> None:
        """Let the administrator give an extension another name."""
        self.extensions[number].name = name
        self.announce_extension(number, "UPDATE")

    def delete_extension(self, number: str) -> None:
        """Let the administrator delete an extension, and its messages with it."""
        del self.extensions[number]
        self.forget_extension_id(number)
        self.mailboxes.clear(number)
        self.announce_extension(number, "DELETE")

    def greeting_for_callers(self, box: str) -> bytes | None:
        """Return what callers hear before the tone; None: the greeting of the system.

        The greeting of the presence goes before that of the box.
        """
        called = self._boxes_by_number[box]
        wanted = [called.vm_greeting]
        if isinstance(called, SimulatedExtension):
            wanted.insert(0, called.presence_greetings.get(called.presence, ""))
        files = {greeting.real_filename: greeting for greeting in called.greetings}
        heard = next((files[file] for file in wanted if file in files), None)
        return heard.audio() if heard else None

    def drop_sockets(self, how: SocketEnd = SocketEnd.CUT) -> None:
        """End all WebSockets."""
        self.events.end(how)

    def silence_sockets(self) -> None:
        """Let the WebSockets that are open die without a word."""
        self.events.silence()

    @property
    def _boxes_by_number(self) -> dict[str, Box]:
        return {**self.groups, **self.extensions}

    def _party(self, number: str) -> Party:
        if extension := self.extensions.get(number):
            return Party(number, extension.name)
        if group := self.groups.get(number):
            return Party(number, group.name, _TYPES[group.type])
        return Party(number)

    def _boxes_behind(self, box: str) -> list[str]:
        """Return the numbers of the boxes that a message for this one goes to."""
        group = self.groups.get(box)
        if group is not None and group.mode is GroupMode.BROADCAST:
            return group.everybody
        return [self._boxes_by_number[box].number]

    def _deliver(
        self,
        box: str,
        caller: Party,
        uid: str,
        audio: bytes,
        duration: int,
        left_at: float,
    ) -> SimulatedMessage:
        message = SimulatedMessage(
            self.mailboxes.new_id(left_at),
            uid,
            caller.number,
            caller.name,
            audio,
            duration=duration,
            left_at=left_at,
            listed_at=left_at + self.switches.message_listed_after,
        )
        self.mailboxes.add(box, message)
        return message
