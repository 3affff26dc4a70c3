"""A phone with the Home Assistant app."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.growing import Events, Growing

from .administrator import Administrator

PRESSED = "mobile_app_notification_action"


class Phone:
    """A phone that registers as the app does, and shows what is pushed to it."""

    def __init__(self) -> None:
        """Begin without a notification."""
        self.notified: Events = Growing()
        self.device_id = ""
        self._webhook = ""
        service = web.Application()
        service.router.add_post("/push", self._push)
        self._service = TestServer(service)

    async def start(self) -> None:
        """Start the service that pushes to phones."""
        await self._service.start_server()

    async def stop(self) -> None:
        """Stop the service."""
        await self._service.close()

    async def register(self, user: Administrator) -> None:
        """Sign in and register, as the app does once."""
        registered = await user.post(
            "/api/mobile_app/registrations",
            {
                "device_id": "phone",
                "device_name": "Phone",
                "app_id": "io.homeassistant.test",
                "app_name": "Home Assistant",
                "app_version": "2026.10.0",
                "manufacturer": "Maker",
                "model": "Model",
                "os_name": "OS",
                "os_version": "1",
                "supports_encryption": False,
                "app_data": {
                    "push_token": "token",
                    "push_url": str(self._service.make_url("/push")),
                },
            },
        )
        self._webhook = f"/api/webhook/{registered['webhook_id']}"
        [device] = [
            each
            for each in await user.command("config/device_registry/list")
            if ["mobile_app", "phone"] in each["identifiers"]
        ]
        self.device_id = device["id"]

    @property
    def messages(self) -> list[str]:
        """Return the texts of the notifications."""
        return [each["message"] for each in self.notified]

    async def shows(self, count: int) -> None:
        """Wait until there were so many notifications."""
        await self.notified.wait_for(count)

    async def press(self, user: Administrator, action: Any) -> None:
        """Press the button of a notification."""
        await self.tell(user, {"action": action})

    async def tell(self, user: Administrator, data: dict[str, Any]) -> None:
        """Tell Home Assistant of something that happened to a notification."""
        await user.post(
            self._webhook,
            {"type": "fire_event", "data": {"event_type": PRESSED, "event_data": data}},
        )

    async def _push(self, request: web.Request) -> web.Response:
        self.notified.append(await request.json())
        return web.json_response({}, status=HTTPStatus.CREATED)
