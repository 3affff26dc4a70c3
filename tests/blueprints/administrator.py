"""An administrator at the user interface of Home Assistant."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser
from yarl import URL


class Administrator:
    """Somebody who is signed in, in a browser or in the app."""

    _client: TestClient[Any, Any]
    _token: str

    async def sign_in(self, hass: HomeAssistant) -> None:
        """Sign in for as long as a test lasts, whatever time it is there."""
        user = MockUser(id="administrator", is_owner=True).add_to_hass(hass)
        refresh = await hass.auth.async_create_refresh_token(
            user, CLIENT_ID, access_token_expiration=timedelta(days=3650)
        )
        self._token = hass.auth.async_create_access_token(refresh)
        # Integrations are set up, and their views added, also from now on.
        hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
        self._client = TestClient(
            TestServer(hass.http.app),
            headers={"Authorization": f"Bearer {self._token}"},
        )
        await self._client.start_server()

    async def leave(self) -> None:
        """Close the user interface."""
        await self._client.close()

    async def command(self, kind: str, **data: Any) -> Any:
        """Send a WebSocket command, and return its result."""
        async with self._client.ws_connect("/api/websocket") as websocket:
            await websocket.receive_json()
            await websocket.send_json({"type": "auth", "access_token": self._token})
            await websocket.receive_json()
            await websocket.send_json({"id": 1, "type": kind, **data})
            answer = await websocket.receive_json()
        assert answer["success"], answer
        return answer["result"]

    async def fetch(self, url: str) -> None:
        """Fetch a link of Home Assistant to its end."""
        async with self._client.get(URL(url).relative()) as response:
            await response.read()

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        """Post something, and return the answer."""
        async with self._client.post(path, json=data) as response:
            answer = await response.text()
            assert response.status < HTTPStatus.BAD_REQUEST, answer
            return await response.json() if answer else None
