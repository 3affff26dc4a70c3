"""A house with mailboxes, in which Home Assistant stops, crashes, and starts again."""

import asyncio
from typing import override

from custom_components.yeastar_vm.const import DOMAIN
from tests.restarts import House

from .common import updated


class MailboxHouse(House):
    """A house whose Home Assistant has started when its mailboxes are up to date."""

    @override
    async def start(self) -> None:
        await super().start()
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            await updated(self.hass, entry)

    async def written(self, message_id: str) -> None:
        """Wait until a file says that a message was told."""
        [file] = self.folder.glob(f".storage/{DOMAIN}.*.messages.*")
        while message_id not in await asyncio.to_thread(file.read_text):
            pass
