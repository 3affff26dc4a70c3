"""Fetched greetings: how long they are kept, and how many."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.yeastar_vm import clips
from custom_components.yeastar_vm.relay.cache import ClipStore
from tests.gate import Gate
from tests.pbx_simulator import PbxSimulator


@pytest.fixture
def store(entry: MockConfigEntry) -> ClipStore:
    """Return the clips of the PBX."""
    loaded: ClipStore = entry.runtime_data.clips
    return loaded


async def test_a_clip_is_kept_for_a_few_minutes(
    hass: HomeAssistant,
    store: ClipStore,
    pbx: PbxSimulator,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Then its memory is given back, though nobody asks again."""
    clip = await store.get("3200", "closed.WAV")

    freezer.tick(timedelta(minutes=4))
    async_fire_time_changed(hass)
    assert await store.get("3200", "closed.WAV") is clip
    assert store.size == len(clip.content)

    freezer.tick(timedelta(minutes=2))
    async_fire_time_changed(hass)
    assert store.size == 0
    assert [request.endpoint for request in pbx.requests].count("download") == 1


async def test_clips_are_bounded(
    store: ClipStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest goes first."""
    first = await store.get("3202", "after hours.wav")
    monkeypatch.setattr(clips, "MAX_KEPT", 2 * len(first.content) + 100)
    second = await store.get("3202", "fermé.wav")
    await store.get("3202", "night.WAV")

    assert store.size <= 2 * len(first.content) + 100
    assert await store.get("3202", "fermé.wav") is second
    assert await store.get("3202", "after hours.wav") is not first


async def test_a_few_are_fetched_at_a_time(
    entry: MockConfigEntry, store: ClipStore, pbx: PbxSimulator
) -> None:
    """However many are asked for, so that a small machine can do it."""
    greetings = pbx.extensions["3202"].greetings
    gate = Gate(pbx, "download")
    clips_to_come = [
        asyncio.create_task(store.get("3202", greeting.real_filename))
        for greeting in greetings
    ]
    await gate.arrived(4)
    await entry.runtime_data.client.get_information()  # what is on its way, arrives

    assert gate.waiting == 4 < len(greetings)

    gate.open()
    tags = {clip.tag for clip in await asyncio.gather(*clips_to_come)}
    assert len(tags) == len(greetings)


async def test_upper_and_lower_case_are_two_clips(store: ClipStore) -> None:
    """As they are two files."""
    assert await store.get("3202", "night.WAV") is not await store.get(
        "3202", "night.wav"
    )


async def test_an_unload_forgets_all(
    hass: HomeAssistant, entry: MockConfigEntry, store: ClipStore
) -> None:
    """Memory and timers."""
    await store.get("3200", "closed.WAV")

    await hass.config_entries.async_unload(entry.entry_id)

    assert store.size == 0
