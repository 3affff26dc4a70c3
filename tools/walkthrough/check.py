"""What the user does to check the PBX: start it, read what works, take the record."""

import json
from typing import Final

from tools.demo.errors import DemoError

from .visit import FORM, Visit

_SECONDS_TO_CHECK: Final = 60


async def check_pbx(visit: Visit) -> None:
    """Check the PBX from its options, and download the record."""
    await visit.options("check")
    title = visit.page.get_by_text(visit.words.ours("options.step.checked.title"))
    await title.wait_for(timeout=_SECONDS_TO_CHECK * 1000)
    await visit.album.look("checked", height=1100)
    async with visit.page.expect_download() as download:
        await visit.page.locator(f"{FORM} ha-markdown a").click()
    record = (await (await download.value).path()).read_text()
    json.loads(record)
    pbx = visit.system.pbx
    for private in (
        pbx.client_secret,
        *(each.name for each in pbx.extensions.values()),
    ):
        if private in record:
            raise DemoError("the record of the check shows what is private")
    await visit.submit()
    await visit.finish()
