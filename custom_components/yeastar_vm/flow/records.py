"""Records of checks, for one download each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
import secrets
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

KEPT_FOR: Final = timedelta(days=1)
_PATH: Final = f"/api/{DOMAIN}/check"
_FILE_NAME: Final = "yeastar-check.json"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record in memory, and what cancels its end."""

    text: str
    cancel_end: Callable[[], None]


_RECORDS: HassKey[dict[str, _Kept]] = HassKey(f"{DOMAIN}_check_records")


@callback
def async_keep_record(hass: HomeAssistant, text: str) -> str:
    """Keep a record until it is downloaded or a day is over; return its signed path."""
    records = hass.data.setdefault(_RECORDS, {})
    key = secrets.token_urlsafe(16)

    @callback
    def forget(_: datetime) -> None:
        records.pop(key, None)

    end = HassJob(forget, "forget the record of a check", cancel_on_shutdown=True)
    records[key] = _Kept(text, async_call_later(hass, KEPT_FOR, end))
    return async_sign_path(hass, f"{_PATH}/{key}", KEPT_FOR)


class RecordView(HomeAssistantView):
    """Send a record once."""

    url = f"{_PATH}/{{key}}"
    name = f"api:{DOMAIN}:check"

    async def get(self, request: web.Request, key: str) -> web.Response:
        """Send the record, and forget it."""
        records = request.app[KEY_HASS].data.get(_RECORDS, {})
        if (kept := records.pop(key, None)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        kept.cancel_end()
        return web.Response(
            text=kept.text,
            content_type="application/json",
            headers={
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{_FILE_NAME}"',
                hdrs.CACHE_CONTROL: "no-store",
            },
        )
