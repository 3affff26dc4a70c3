"""What becomes of a blueprint between the repository and an automation."""

import json
from urllib.parse import quote

from homeassistant.util.yaml import dump, load_yaml_dict, parse_yaml
import pytest

from .home import FOLDER, NAMES, REPOSITORY, Home


async def test_an_import_survives_a_restart(home: Home) -> None:
    """Home Assistant reads what it wrote, and would write the same again."""
    listed = await home.user.command("blueprint/list", domain="automation")

    imported = {f"yeastar_vm/{name}.yaml" for name in NAMES}
    assert {path for path, each in listed.items() if "metadata" in each} >= imported
    for path in imported:
        written = (home.blueprints / "automation" / path).read_text()
        saved = parse_yaml(written)
        assert isinstance(saved, dict)
        assert dump(saved) == written


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_says_where_it_comes_from(name: str) -> None:
    """And for which versions it is: the same as everything."""
    file = FOLDER / f"{name}.yaml"
    blueprint = load_yaml_dict(str(file))["blueprint"]
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())

    assert blueprint["source_url"].endswith(f"/main/{file.relative_to(REPOSITORY)}")
    assert blueprint["homeassistant"]["min_version"] == hacs["homeassistant"]


@pytest.mark.parametrize(
    "name", ["ask_for_messages", "new_voicemail", "play_greeting", "play_my_messages"]
)
def test_the_readme_imports_it(name: str) -> None:
    """From where it says itself that it is."""
    blueprint = load_yaml_dict(str(FOLDER / f"{name}.yaml"))["blueprint"]

    link = f"?blueprint_url={quote(blueprint['source_url'], safe='')})"
    assert link in (REPOSITORY / "README.md").read_text()
