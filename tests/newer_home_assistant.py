"""Let the test plugin load under a Home Assistant that is newer than the plugin.

`scripts/test --ha` loads this before any plugin. It can go once requirements_test.txt
has a plugin for Home Assistant 2026.11.
"""

# isort: off
# Replaces httpx by httpx2, which has to happen before a plugin imports httpx.
import homeassistant  # noqa: F401

# The plugin replaces functions before other modules of Home Assistant take them over.
from pytest_homeassistant_custom_component import (  # noqa: F401
    patch_json,
    patch_recorder,
    patch_time,
)

from homeassistant.components import logger

# isort: on

# The plugin looks for it where it was until 2026.10.
logger._clear_logger_overwrites = logger.helpers._clear_logger_overwrites
