"""What people do with the PBX, over URLs: for a simulator that runs alone.

Each is a POST to ``/control/...`` with its parameters in the query. The answer is
a line of text, or HTTP status 400 and why not.
"""

from collections.abc import Callable, Mapping

from aiohttp import web

from .mailboxes import MailboxFullError
from .model import RecordedRequest
from .people import PeopledPbx
from .presence import PRESENCES

CONTROL_PATH = "/control/"

USAGE = f"""\
While it runs, people can be played with POST requests, all parameters in the query:

  {CONTROL_PATH}message?box=3200&number=15550123&name=Anna&duration=5
      leave a message; the body is its audio, a tone if there is none
  {CONTROL_PATH}read?msg_id=...           hear a message at a phone
  {CONTROL_PATH}delete?msg_id=...         delete a message at a phone
  {CONTROL_PATH}presence?extension=3200&status=away
  {CONTROL_PATH}hang-up?extension=3201    end the recording of a greeting
  {CONTROL_PATH}drop-sockets              end all WebSockets

For example: curl -k -X POST 'https://127.0.0.1:8088{CONTROL_PATH}message?box=3200'
"""


def answer_control(pbx: PeopledPbx, request: RecordedRequest) -> web.Response:
    """Do what a request for a path below ``CONTROL_PATH`` says."""
    action = _ACTIONS.get(request.path.removeprefix(CONTROL_PATH))
    if action is None or request.method != "POST":
        return web.Response(status=404, text="404\n")
    try:
        return web.Response(text=f"{action(pbx, request.query, request.body)}\n")
    except MailboxFullError as error:
        return web.Response(status=400, text=f"The mailbox {error} is full\n")
    except KeyError as error:
        return web.Response(status=400, text=f"There is no {error}\n")
    except ValueError as error:
        return web.Response(status=400, text=f"{error}\n")


def _message(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    message = pbx.leave_message(
        query["box"],
        query.get("number", ""),
        query.get("name", ""),
        body or None,
        duration=int(query["duration"]) if "duration" in query else None,
    )
    return message.msg_id


def _read(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    pbx.read_at_phone(query["msg_id"], query.get("member", ""))
    return "read"


def _delete(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    pbx.delete_at_phone(query["msg_id"])
    return "deleted"


def _presence(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    status = query["status"]
    if status not in PRESENCES:
        raise ValueError(f"The presences are {', '.join(PRESENCES)}")
    pbx.set_presence(query["extension"], status, query.get("custom", ""))
    return status


def _hang_up(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    pbx.hang_up(query["extension"])
    return "hung up"


def _drop_sockets(pbx: PeopledPbx, query: Mapping[str, str], body: bytes) -> str:
    count = len(pbx.events.open)
    pbx.drop_sockets()
    return f"{count} dropped"


_ACTIONS: Mapping[str, Callable[[PeopledPbx, Mapping[str, str], bytes], str]] = {
    "message": _message,
    "read": _read,
    "delete": _delete,
    "presence": _presence,
    "hang-up": _hang_up,
    "drop-sockets": _drop_sockets,
}
