"""What users read: every text is there, in each language, is used, and fits."""

import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

import custom_components.yeastar_vm
from custom_components.yeastar_vm.config_flow import YeastarConfigFlow
from custom_components.yeastar_vm.const import CONF_DELIVERY, DOMAIN, Delivery
from custom_components.yeastar_vm.errors import issues as issues_module
from custom_components.yeastar_vm.errors.home_url import (
    NO_URL_AVAILABLE,
    URL_HAS_IP_ADDRESS,
)
from custom_components.yeastar_vm.errors.issues import (
    ANOTHER_PBX,
    CERTIFICATE_CHANGED,
    CERTIFICATE_NOT_TRUSTED,
    FIXABLE,
    NOT_SUPPORTED,
)
from custom_components.yeastar_vm.flow.certificate_text import (
    async_certificate_placeholders,
    replacement_placeholders,
)
from custom_components.yeastar_vm.flow.forms import (
    CONF_ADDRESS,
    CREDENTIALS,
    KEEP_ADDRESS,
    TOKENS,
)
from custom_components.yeastar_vm.mailboxes.issues import (
    ENGINE_UNUSABLE,
    LANGUAGE_NOT_SUPPORTED,
)
from custom_components.yeastar_vm.mailboxes.mailbox import Absence
from custom_components.yeastar_vm.pbx import (
    Certificate,
)
from custom_components.yeastar_vm.services.greetings.play import PLAY_GREETING_SCHEMA

from .user_interface import TRANSLATIONS, placeholders, texts, user_interface

FOLDER = Path(custom_components.yeastar_vm.__file__).parent
ENGLISH: dict[str, Any] = TRANSLATIONS["en"]
OTHER_LANGUAGES = [language for language in TRANSLATIONS if language != "en"]
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
CONFIG: dict[str, Any] = ENGLISH["config"]

# What is called the same in another language as in English.
SAME_AS_IN_ENGLISH = {
    "Client ID",
    "Client Secret",
    "Extra",
    "File",
    "Limit",
    "Lunch",
    "Mailbox",
    "Media",
    "Message",
    "Messages",
    "PBX",
    "Text",
    "Yeastar Voicemail",
    "messages",
}
# What is typed in YAML or comes from the PBX, and is the same in every language.
VALUES = re.compile(
    r"\b(?:auto|relay|config_entry_id|get_token|3200|xx\.23\.0)\b",
    re.ASCII,  # in Chinese, no space stands beside them
)
# What our texts send users to, and what the user interface of Home Assistant calls it.
MENUS = {
    "Settings > Devices & services": (
        "panel.config",
        "ui.panel.config.dashboard.devices.main",
    ),
    "Settings > System > Network": (
        "panel.config",
        "ui.panel.config.dashboard.system.main",
        "ui.panel.config.network.caption",
    ),
    "Settings > System > Repairs": (
        "panel.config",
        "ui.panel.config.dashboard.system.main",
        "ui.panel.config.repairs.caption",
    ),
    "Configure": ("ui.panel.config.integrations.config_entry.configure",),
    "Reconfigure": ("ui.panel.config.integrations.config_entry.reconfigure",),
    "Submit": ("ui.panel.config.integrations.config_flow.submit",),
}

# What Home Assistant itself says; the rest of a flow's reasons are in our code.
ABORTS = {
    "already_configured",
    "entry_removed",
    "reauth_successful",
    "reconfigure_successful",
}
MENUS_OF_THE_FLOW = {
    "user": {"credentials", "access_token"},
    "reconfigure": {"reconfigure_credentials", "reconfigure_access_token"},
}
FORMS = {
    "credentials": {"url", *CREDENTIALS},
    "access_token": {"url", *TOKENS},
    "reauth_confirm": {*CREDENTIALS, *TOKENS},
    "reconfigure_credentials": {"url", *CREDENTIALS},
    "reconfigure_access_token": {"url", *TOKENS},
    "certificate_wrong_name": {CONF_ADDRESS},
}
CERTIFICATE = {"url", "subject", "valid_from", "valid_until"}
REPLACEMENT = {"name", "old_serial_number", "new_name", "new_serial_number"}


def marks(text: str) -> list[str]:
    """Return the Markdown of a text: bold, code, and line breaks."""
    return re.findall(r"\*\*|`|\n+", text)


def is_fit(where: str, text: str) -> bool:
    """Return whether a text has no URL, HTML, key of another file, or open end."""
    if text.strip() != text or not text:
        return False
    if re.search(r"https?://\w|www\.|<[a-z]+>|\[%key", text):
        return False
    short = where.rpartition(".")[2] in {"name", "title"} or len(text) <= 50
    return short or text.endswith((".", "`", "?", ":", "。", "{reason}"))


def test_every_step_of_the_flow_has_texts() -> None:
    """And every text belongs to a step."""
    steps = {
        name.removeprefix("async_step_")
        for kind in YeastarConfigFlow.__mro__
        if kind.__module__.startswith("custom_components")
        for name in vars(kind)
        if name.startswith("async_step_")
    }

    # `reauth` shows nothing itself.
    assert set(CONFIG["step"]) == steps - {"reauth"}
    for step in CONFIG["step"].values():
        assert step["title"]
        assert step["description"]


@pytest.mark.parametrize(("step", "fields"), FORMS.items())
def test_every_field_of_a_form_is_named_and_described(
    step: str, fields: set[str]
) -> None:
    """Also those that only some entries have."""
    assert set(CONFIG["step"][step]["data"]) == fields
    assert set(CONFIG["step"][step]["data_description"]) == fields


def test_only_forms_have_fields() -> None:
    """The list above is complete."""
    with_fields = {name for name, step in CONFIG["step"].items() if "data" in step}

    assert with_fields == set(FORMS)


def test_every_option_is_named_and_described() -> None:
    """Those of the menu, and those of the form of the delivery."""
    steps = ENGLISH["options"]["step"]
    menu, delivery = steps["init"], steps["delivery"]

    assert set(steps) == {"init", "delivery", "checked"}
    assert set(menu["menu_options"]) == {"delivery", "check"}
    assert set(menu["menu_option_descriptions"]) == {"delivery", "check"}
    assert set(delivery["data"]) == set(delivery["data_description"]) == {CONF_DELIVERY}


@pytest.mark.parametrize(("step", "ways"), MENUS_OF_THE_FLOW.items())
def test_every_way_to_sign_in_is_named_and_described(step: str, ways: set[str]) -> None:
    """In each of the menus."""
    assert set(CONFIG["step"][step]["menu_options"]) == ways
    assert set(CONFIG["step"][step]["menu_option_descriptions"]) == ways


@pytest.mark.parametrize(
    ("step", "given"),
    [
        ("user", set()),
        ("credentials", {"example_url"}),
        ("access_token", {"example_url"}),
        ("reauth_confirm", {"name"}),
        ("reconfigure", {"name"}),
        ("reconfigure_credentials", {"example_url"}),
        ("reconfigure_access_token", {"example_url"}),
        ("new_address", {"url", "old_url"}),
        ("certificate", {*CERTIFICATE, "fingerprint"}),
        ("certificate_factory", {*CERTIFICATE, "fingerprint"}),
        ("certificate_changed", {*CERTIFICATE, "fingerprint", "old_fingerprint"}),
        ("certificate_wrong_name", {"url", "names"}),
        ("replaced", REPLACEMENT),
    ],
)
def test_the_placeholders_of_a_step_are_those_given(step: str, given: set[str]) -> None:
    """A placeholder without a value would show as an error in its place."""
    found = {
        name for _, text in texts(CONFIG["step"][step]) for name in placeholders(text)
    }

    assert found == given


def test_every_way_a_flow_ends_has_a_text() -> None:
    """Home Assistant's own texts for some of them exist only in newer versions."""
    assert set(CONFIG["abort"]) == ABORTS


ACTIONS = list(load_yaml_dict(str(FOLDER / "services.yaml")))


@pytest.mark.parametrize("name_of_action", ACTIONS)
def test_every_field_of_an_action_is_named_and_described(name_of_action: str) -> None:
    """`services.yaml`, its texts and the schema name the same fields."""
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    assert list(ENGLISH["services"]) == ACTIONS
    fields: dict[str, Any] = {}
    sections = set()
    for name, field in described[name_of_action]["fields"].items():
        if "fields" in field:
            sections.add(name)
            fields |= field["fields"]
        else:
            fields[name] = field
    action = ENGLISH["services"][name_of_action]

    assert action["name"]
    assert action["description"]
    assert set(action["fields"]) == set(fields)
    for text in action["fields"].values():
        assert text["name"]
        assert text["description"]
    assert set(action.get("sections", ())) == sections


def test_services_yaml_has_the_fields_of_the_schema() -> None:
    """What the editor offers is what the action takes."""
    described = load_yaml_dict(str(FOLDER / "services.yaml"))["play_greeting"]
    offered = {
        name: field.get("required", False)
        for name, field in {
            **described["fields"],
            **described["fields"]["more"]["fields"],
        }.items()
        if "fields" not in field
    }
    schema: Any = PLAY_GREETING_SCHEMA
    while not isinstance(schema, dict):
        validators = getattr(schema, "validators", None)
        schema = validators[0] if validators else schema.schema
    target = set(map(str, cv.ENTITY_SERVICE_FIELDS)) | {"metadata"}
    taken = {
        str(field): isinstance(field, vol.Required)
        for field in schema
        if str(field) not in target and not isinstance(field, vol.Remove)
    }

    assert taken == offered


def test_the_editor_offers_the_actions_of_a_mailbox_for_its_device() -> None:
    """Home Assistant looks at their targets; those that play have players there."""
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    targeted = {
        action: each["target"]["entity"]
        for action, each in described.items()
        if "mailbox" in each["fields"] and action != "play_message"
    }

    assert set(targeted) == {
        "delete_message",
        "list_messages",
        "mark_message_read",
        "transcribe_message",
    }
    for entity in targeted.values():
        assert entity == {"integration": DOMAIN, "domain": "event"}


def test_every_delivery_is_named() -> None:
    """In the editor's list."""
    assert set(ENGLISH["selector"]["delivery"]["options"]) == set(Delivery)


def test_every_address_but_a_url_is_named() -> None:
    """A URL is shown as it is."""
    assert set(ENGLISH["selector"][CONF_ADDRESS]["options"]) == {KEEP_ADDRESS}


def test_every_icon_belongs_to_something() -> None:
    """And every action and entity has one."""
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    assert set(ICONS) == {"conditions", "entity", "services", "triggers"}
    assert set(ICONS["triggers"]) == set(ENGLISH["triggers"])
    assert set(ICONS["conditions"]) == set(ENGLISH["conditions"])
    assert set(ICONS["services"]) == set(described)
    for action, icons in ICONS["services"].items():
        assert icons["service"].startswith("mdi:")
        assert set(icons.get("sections", ())) <= set(described[action]["fields"])
    for platform, entities in ENGLISH["entity"].items():
        assert set(ICONS["entity"][platform]) == set(entities)


def test_the_integration_has_no_strings_json() -> None:
    """Home Assistant does not read it in a custom integration."""
    assert not (FOLDER / "strings.json").exists()


def test_every_issue_has_a_text_that_its_placeholders_fill() -> None:
    """And a fix where it can be fixed."""
    issues = ENGLISH["issues"]
    given: dict[str, set[str]] = {
        URL_HAS_IP_ADDRESS: {"name", "url"},
        **{key: {"name", "mailbox"} for key in Absence},
        ENGINE_UNUSABLE: {"name", "mailbox", "engine"},
        LANGUAGE_NOT_SUPPORTED: {"name", "mailbox", "engine", "language"},
    }
    assert set(issues) == {
        *issues_module._OF_CONNECTION.values(),
        ANOTHER_PBX,
        NOT_SUPPORTED,
        *Absence,
        ENGINE_UNUSABLE,
        LANGUAGE_NOT_SUPPORTED,
        NO_URL_AVAILABLE,
        URL_HAS_IP_ADDRESS,
    }
    for key, issue in issues.items():
        assert set(issue) == {
            "title",
            "fix_flow" if key in {*FIXABLE, *Absence} else "description",
        }
        texts_of = issue["title"] + issue.get("description", "")
        assert placeholders(texts_of) <= given.get(key, {"name"})


async def test_every_repair_has_texts_that_its_placeholders_fill(
    hass: HomeAssistant,
) -> None:
    """And says why it ends."""
    certificate = await async_certificate_placeholders(
        hass, "https://pbx", Certificate("ab" * 32)
    )
    entry = MockConfigEntry(title="PBX", unique_id="1")
    for key, shown, aborts in (
        (
            ANOTHER_PBX,
            replacement_placeholders(entry, "New", "2"),
            "already_configured",
        ),
        (CERTIFICATE_CHANGED, certificate, "cannot_connect"),
        (CERTIFICATE_NOT_TRUSTED, certificate, "cannot_connect"),
    ):
        repair = ENGLISH["issues"][key]["fix_flow"]
        [step] = repair["step"].values()
        assert placeholders(step["description"]) <= set(shown)
        assert set(repair["abort"]) == {aborts, "entry_removed"}


def test_a_certificate_of_the_factory_has_a_word_more() -> None:
    """The rest of the step is the same."""
    for language in TRANSLATIONS.values():
        steps = language["config"]["step"]
        first, *rest = steps["certificate"]["description"].split("\n\n")
        of_factory = steps["certificate_factory"]["description"].split("\n\n")
        assert [of_factory[0], *of_factory[2:]] == [first, *rest]
        assert steps["certificate_factory"]["title"] == steps["certificate"]["title"]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_errors_have_no_markdown(language: str) -> None:
    """Home Assistant shows them as they are."""
    assert [
        where
        for where, text in texts(TRANSLATIONS[language])
        if (where.startswith("exceptions.") or ".error." in where) and marks(text)
    ] == []


def test_these_are_the_languages() -> None:
    """None gets lost, and none comes without being checked by somebody."""
    assert " ".join(TRANSLATIONS) == "de en es fr it nl pl pt-BR zh-Hans"


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_language_has_the_same_texts(language: str) -> None:
    """In the same order, so that they can be compared side by side."""
    assert [where for where, _ in texts(TRANSLATIONS[language])] == [
        where for where, _ in texts(ENGLISH)
    ]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_file_is_written_as_json_writes_it(language: str) -> None:
    """With nothing twice, and letters as they are."""
    file = FOLDER / "translations" / f"{language}.json"
    written = json.dumps(TRANSLATIONS[language], indent=2, ensure_ascii=False)

    assert file.read_text("utf-8") == f"{written}\n"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_fit_to_be_read(language: str) -> None:
    """Nothing that only a developer understands."""
    unfit = {
        where: text
        for where, text in texts(TRANSLATIONS[language])
        if not is_fit(where, text)
    }

    assert unfit == {}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_a_translation_says_what_the_english_text_says(language: str) -> None:
    """As far as a test can tell: its placeholders, Markdown and values."""
    translated = dict(texts(TRANSLATIONS[language]))
    other = {
        where: translated[where]
        for where, text in texts(ENGLISH)
        if placeholders(translated[where]) != placeholders(text)
        or marks(translated[where]) != marks(text)
        or {*VALUES.findall(translated[where])} != {*VALUES.findall(text)}
    }

    assert other == {}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_nothing_is_left_in_english(language: str) -> None:
    """But a few names."""
    translated = dict(texts(TRANSLATIONS[language]))
    same = {text for where, text in texts(ENGLISH) if translated[where] == text}

    assert same <= SAME_AS_IN_ENGLISH


@pytest.mark.skipif(
    AwesomeVersion(__version__) < "2026.10", reason="some menus had other names then"
)
@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("menu", MENUS)
def test_a_menu_is_called_as_in_the_user_interface(menu: str, language: str) -> None:
    """Of the same language, so that users find what a text sends them to."""
    shown = user_interface(language)
    named = re.compile(
        " > ".join(re.escape(shown[name]) for name in MENUS[menu]), re.IGNORECASE
    )
    translated = dict(texts(TRANSLATIONS[language]))
    places = [where for where, text in texts(ENGLISH) if menu in text]

    assert places
    assert [where for where in places if not named.search(translated[where])] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("error", ["invalid_auth", "pbx_fault"])
def test_an_error_calls_the_fields_as_the_form_does(error: str, language: str) -> None:
    """Users look for these words in the form that shows the error."""
    config = TRANSLATIONS[language]["config"]
    fields = config["step"]["credentials"]["data"]

    assert fields["client_id"] in config["error"][error]
    assert fields["client_secret"] in config["error"][error]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_description_calls_the_deliveries_as_the_list_does(language: str) -> None:
    """Users look for these words in the list above it."""
    translated = TRANSLATIONS[language]
    names = translated["selector"]["delivery"]["options"]
    for description in (
        translated["options"]["step"]["delivery"]["data_description"]["delivery"],
        translated["services"]["play_greeting"]["fields"]["delivery"]["description"],
    ):
        assert names[Delivery.AUTO] in description
        assert names[Delivery.RELAY] in description


@pytest.mark.parametrize("language", TRANSLATIONS)
async def test_home_assistant_loads_the_texts(
    hass: HomeAssistant, language: str
) -> None:
    """In the user's language, under the names that its frontend asks for."""
    loaded = await async_get_translations(hass, language, "exceptions", [DOMAIN])

    assert loaded == {
        f"component.{DOMAIN}.{where}": text
        for where, text in texts(TRANSLATIONS[language])
        if where.startswith("exceptions.")
    }
