"""What the user does in the browser, page by page."""

from tests.user_interface import grouped
from tools.demo.audio import compare
from tools.demo.console import step
from tools.demo.errors import DemoError
from tools.demo.guest import GUEST
from tools.demo.user import EXTENSION, FILE, greeting, listen
from tools.demo.written_speech import ENGINE

from .card import add_card, see_nothing, use_card
from .check import check_pbx
from .greetings import delete_greeting, rename_greeting, upload_greeting
from .mailbox import add_mailbox, hear_message, receive_message, select_engine
from .visit import FORM, INTEGRATION, MEDIA, Visit, visiting
from .words import NAME

_SECONDS_TO_PLAY = 15
_EMPTY = "3201"  # an extension without greetings


async def walk(visit: Visit, player: str) -> None:
    """Take all steps; `player` is the name of the media player."""
    with step("add the integration: the ways to sign in"):
        await _choose_integration(visit)
    with step("trust the certificate, with a wrong secret"):
        await _enter_wrong_secret(visit)
    with step("enter the right one"):
        await _enter_right_secret(visit)
    with step("look at the device and the options"):
        await _look_at_device(visit)
        await _look_at_options(visit)
    with step("check the PBX, and download the record"):
        await check_pbx(visit)
    with step("browse to a greeting and play it in the browser"):
        await _browse(visit)
    with step("search"):
        await _search(visit)
    with step("add a mailbox"):
        await add_mailbox(visit, EXTENSION)
    with step(f"let {ENGINE} turn its new messages into text"):
        await select_engine(visit, ENGINE)
    with step("add the card that is suggested for it"):
        await add_card(visit, EXTENSION)
    with step("receive, read, hear, mark, and delete messages on the card"):
        await use_card(visit, EXTENSION)
    with step("see nothing of them as a guest"):
        album = visit.album
        async with visiting(visit.system, visit.words, album.folder, GUEST) as guest:
            await see_nothing(guest, EXTENSION)
    with step("see a message arrive on the page of the integration"):
        await visit.open(INTEGRATION)
        message = await receive_message(visit, EXTENSION)
    with step("hear it in the browser"):
        await hear_message(visit, EXTENSION, message)
    with step("upload, rename and delete a greeting"):
        await upload_greeting(visit, _EMPTY, (_extensions(visit), EXTENSION, FILE))
        await rename_greeting(visit, _EMPTY)
        await delete_greeting(visit, _EMPTY)
    with step("choose a greeting for the action and play it on the player"):
        await _fill_action_in(visit, player)
        await _play_on_player(visit)
    with step("meet another certificate and repair that"):
        old_fingerprint = visit.system.pbx.fingerprint
        await _meet_another_certificate(visit)
        await _repair(visit, old_fingerprint)
    with step("delete the entry"):
        await _delete(visit)
        visit.album.hear("the end")


async def _choose_integration(visit: Visit) -> None:
    await visit.open("/config/dashboard")
    devices = visit.words.home("ui.panel.config.dashboard.devices.main")
    await visit.page.get_by_text(devices, exact=True).click()
    add = "ui.panel.config.integrations.add_integration"
    await visit.button(add).first.click()
    dialog = visit.page.locator("dialog-add-integration")
    await dialog.locator("input").fill("yeastar")
    await visit.album.look("add-integration")
    # It has the name of the manifest, in whatever language.
    await dialog.get_by_text(NAME).click()
    await visit.sees(visit.words.ours("config.step.user.title"))
    await visit.album.look("sign-in")


async def _enter_wrong_secret(visit: Visit) -> None:
    way = visit.words.ours("config.step.user.menu_options.credentials")
    await visit.page.get_by_text(way, exact=True).click()
    await visit.sees(visit.words.ours("config.step.credentials.title"))
    await visit.album.look("credentials")
    pbx = visit.system.pbx
    await _fill_in(visit, pbx.base_url, pbx.client_id, "wrong")
    await visit.submit()
    # The certificate comes first: a wrong secret is for the right PBX alone.
    await visit.sees(visit.words.ours("config.step.certificate.title"))
    await visit.sees(grouped(pbx.fingerprint))
    await visit.album.look("certificate")
    await visit.submit()
    await visit.sees(visit.words.ours("config.error.invalid_auth"))
    await visit.album.look("wrong-secret")


async def _enter_right_secret(visit: Visit) -> None:
    pbx = visit.system.pbx
    await _fill_in(visit, pbx.base_url, pbx.client_id, pbx.client_secret)
    await visit.submit()
    await visit.page.locator("step-flow-create-entry").wait_for()
    await visit.album.look("added")
    await visit.finish()


async def _fill_in(visit: Visit, *values: str) -> None:
    """Fill the fields of a form in, from top to bottom."""
    fields = visit.page.locator(f"{FORM} ha-form input")
    for number, value in enumerate(values):
        await fields.nth(number).fill(value)


async def _look_at_device(visit: Visit) -> None:
    await visit.open(INTEGRATION)
    await visit.page.locator("ha-config-entry-device-row").first.click()
    await visit.sees("Yeastar P550")
    await visit.album.look("device")


async def _look_at_options(visit: Visit) -> None:
    await visit.options("delivery")
    await visit.sees(visit.words.ours("options.step.delivery.title"))
    await visit.album.look("delivery")
    await visit.submit()
    await visit.finish()


async def _browse(visit: Visit) -> None:
    await visit.open(MEDIA)
    await visit.browse(_extensions(visit))
    await visit.folder(EXTENSION).wait_for()
    await visit.album.look("extensions")
    await visit.folder(_EMPTY).click()
    await visit.sees(visit.words.home("ui.components.media-browser.no_items"))
    await visit.album.look("no-greetings")
    await visit.page.go_back()
    await visit.folder(EXTENSION).click()
    await visit.hear(FILE)
    await visit.album.look("greetings")


def _extensions(visit: Visit) -> str:
    """Return the name of the folder of all extensions."""
    return visit.words.ours("common.extensions")


async def _search(visit: Visit) -> None:
    await visit.page.go_back()
    search = visit.page.locator("ha-media-player-browse ha-input-search input")
    for text, found in (("olive", "3202 · Olive Odd"), ("night", "3202 · night.WAV")):
        await search.fill(text)
        await search.press("Enter")
        await visit.sees(found)
    await visit.album.look("search")


async def _fill_action_in(visit: Visit, player: str) -> None:
    await visit.open("/config/tools/action?service=yeastar_vm.play_greeting")
    await visit.sees(visit.words.ours("services.play_greeting.description"))
    await visit.page.locator("ha-target-picker ha-button").click()
    players = visit.page.locator("ha-picker-combo-box")
    await players.locator("input").fill(player)
    await players.locator("ha-combo-box-item", has_text=player).first.click()
    media = visit.words.ours("services.play_greeting.fields.media.name")
    row = visit.page.locator("ha-settings-row", has_text=media)
    await row.locator("ha-checkbox").first.click()
    await visit.album.look("action", height=1300)
    await row.locator("ha-selector-media ha-card").click()
    await visit.browse(_extensions(visit), EXTENSION)
    await visit.page.locator("ha-list-item", has_text=FILE).wait_for()
    await visit.album.look("picker")
    await visit.page.locator("ha-list-item", has_text=FILE).click()


async def _play_on_player(visit: Visit) -> None:
    await visit.perform()
    await visit.system.player.wait_until_playing(_SECONDS_TO_PLAY)
    recording = await listen(visit.system.player)
    await compare(greeting(visit.system.pbx).audio(), recording)


async def _meet_another_certificate(visit: Visit) -> None:
    await visit.system.pbx.renew_certificate()
    await visit.perform()
    changed = visit.words.ours("exceptions.certificate_changed.message")
    await visit.sees(changed.removesuffix("."))
    await visit.album.look("certificate-changed", height=1300)


async def _repair(visit: Visit, old_fingerprint: str) -> None:
    pbx = visit.system.pbx
    await visit.open("/config/repairs")
    title = visit.words.ours("issues.certificate_changed.title", name=pbx.name)
    await visit.sees(title)
    await visit.album.look("repairs")
    await visit.page.get_by_text(title).click()
    for fingerprint in (old_fingerprint, pbx.fingerprint):
        await visit.sees(grouped(fingerprint))
    await visit.album.look("repair")
    await visit.submit()
    await visit.finish()
    await visit.page.get_by_text(title).wait_for(state="detached")


async def _delete(visit: Visit) -> None:
    await visit.open(INTEGRATION)
    menu = visit.page.locator("ha-config-entry-row ha-dropdown").first
    await menu.click()
    await menu.get_by_text(visit.words.home("ui.common.delete")).click()
    dialog = visit.page.locator("dialog-box")
    await visit.button("ui.common.delete", dialog).click()
    await visit.page.locator("ha-config-entry-row").wait_for(state="detached")
    if visit.system.pbx.live_access_tokens:
        raise DemoError("the PBX was removed, but its token was not revoked")
