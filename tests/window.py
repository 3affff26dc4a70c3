"""The window in which a user goes through a config flow."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.yeastar_vm.const import DOMAIN
from simulator import PbxSimulator


class Window:
    """The window in which a user goes through a flow."""

    def __init__(self, hass: HomeAssistant, pbx: PbxSimulator) -> None:
        """Open no flow yet; `pbx` is whose credentials the user has at hand."""
        self.hass = hass
        self.pbx = pbx
        self.flow_id = ""

    async def open(self, way: str = "credentials") -> ConfigFlowResult:
        """Add a PBX, and choose how to sign in."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        self.flow_id = result["flow_id"]
        return await self.choose(way)

    async def reconfigure(
        self, entry: ConfigEntry[Any], way: str = "credentials"
    ) -> ConfigFlowResult:
        """Reconfigure an entry, and choose how to sign in."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        )
        assert result["step_id"] == "reconfigure"
        assert result["description_placeholders"] == {"name": entry.title}
        self.flow_id = result["flow_id"]
        return await self.choose(f"reconfigure_{way}")

    async def reconfigured(self, entry: ConfigEntry[Any]) -> None:
        """Reconfigure an entry with the right credentials, to the end."""
        await self.reconfigure(entry)
        result = await self.sign_in()
        await self.settle()
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"

    async def follow(self, flow_id: str) -> ConfigFlowResult:
        """Open a reauthentication that waits."""
        self.flow_id = flow_id
        result = await self.hass.config_entries.flow.async_configure(flow_id)
        assert result["type"] is FlowResultType.FORM
        assert result["step_id"] == "reauth_confirm"
        return result

    async def choose(self, way: str) -> ConfigFlowResult:
        """Choose a way to sign in from the menu."""
        result = await self.submit(next_step_id=way)
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, way)
        assert not result["errors"]
        return result

    async def submit(self, **user_input: Any) -> ConfigFlowResult:
        """Submit the form that is shown."""
        return await self.hass.config_entries.flow.async_configure(
            self.flow_id, user_input
        )

    async def sign_in(self, **changes: Any) -> ConfigFlowResult:
        """Submit the credentials form, right but for the changes."""
        return await self.submit(
            **{
                "url": self.pbx.base_url,
                "client_id": self.pbx.client_id,
                "client_secret": self.pbx.client_secret,
                **changes,
            }
        )

    async def sign_in_again(self, **changes: Any) -> ConfigFlowResult:
        """Submit the credentials form of a reauthentication, which asks no URL."""
        return await self.submit(
            **{
                "client_id": self.pbx.client_id,
                "client_secret": self.pbx.client_secret,
                **changes,
            }
        )

    async def close(self) -> None:
        """Close the window."""
        self.hass.config_entries.flow.async_abort(self.flow_id)
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything is done that goes on behind the window."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
