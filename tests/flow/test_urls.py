"""What may be typed into the fields of the form."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from simulator import Fault, PbxSimulator
from tests.stored import stored_tokens
from tests.window import Window

from .forms import assert_error, new_token, suggested


@pytest.mark.parametrize(
    "typed",
    [
        "{base}/",
        " {base}",
        "{base}/openapi/v1.0/",
        "{base}/openapi/v1.0/get_token",
        "{base}/openapi/v1.0/extension/list?access_token=x&page=1",
        "{base}/login",
        "{base}/login?redirect=%2Fdashboard",
        "{base}/#/login",
        "{base}/dashboard/overview#top",
    ],
)
async def test_a_url_is_stored_without_what_is_too_much(
    http_pbx: PbxSimulator, http_window: Window, typed: str
) -> None:
    """Users copy more of a URL than is needed, from a browser or the vendor's pages."""
    await http_window.open()

    created = await http_window.sign_in(url=typed.format(base=http_pbx.base_url))

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["url"] == http_pbx.base_url


async def test_a_url_without_a_scheme_means_https(
    pbx: PbxSimulator, window: Window
) -> None:
    """Users leave the scheme out."""
    await window.open()

    result = await window.sign_in(url=f"127.0.0.1:{pbx.port}")

    assert result["step_id"] == "certificate"
    assert (await window.submit())["data"]["url"] == pbx.base_url


async def test_a_path_is_tried_before_it_is_left_out(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """A PBX may stand behind a proxy; this one does not."""
    await http_window.open()

    created = await http_window.sign_in(url=f"{http_pbx.base_url}/pbx/openapi/v1.0/")

    assert created["data"]["url"] == http_pbx.base_url
    assert [request.path for request in http_pbx.requests][:2] == [
        "/pbx/openapi/v1.0/get_token",
        "/openapi/v1.0/get_token",
    ]


async def test_the_path_of_a_pbx_that_is_ill_is_kept(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """What answers a sign-in there is the PBX."""
    http_pbx.faults["*"] = Fault.UNAVAILABLE_503
    await http_window.open()

    result = await http_window.sign_in(url=f"{http_pbx.base_url}/pbx")

    assert_error(result, "unavailable")
    assert suggested(result)["url"] == f"{http_pbx.base_url}/pbx"
    assert [r.path for r in http_pbx.requests] == ["/pbx/openapi/v1.0/get_token"]


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://192.168.5.150",
        "https://",
        "https://user:password@192.168.5.150",
        "https://192.168.5.150:99999",
        "https://127.0.0.256:8088",
        "https://127.0.0.1:１８０８８",  # noqa: RUF001
        "192.168.5.150 8088",
        "https://[::1",
    ],
)
async def test_what_is_no_url_is_refused(window: Window, typed: str) -> None:
    """The form says so at the field and keeps what was typed."""
    await window.open()

    result = await window.sign_in(url=typed)

    assert_error(result, "invalid_url", "url")
    assert suggested(result) == {
        "url": typed,
        "client_id": window.pbx.client_id,
        "client_secret": window.pbx.client_secret,
    }


@pytest.mark.parametrize("field", ["url", "client_id", "client_secret"])
async def test_an_endless_field_is_refused(
    pbx: PbxSimulator, window: Window, field: str
) -> None:
    """The PBX is not asked, and the form does not send it back."""
    await window.open()

    result = await window.sign_in(**{field: "x" * 1_000_000})

    assert_error(result, "too_long", field)
    assert field not in suggested(result)
    assert pbx.requests == []


@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
async def test_an_endless_token_is_refused(
    http_pbx: PbxSimulator, http_window: Window, field: str
) -> None:
    """The PBX is not asked."""
    await http_window.open("access_token")
    typed = {"url": http_pbx.base_url, "access_token": "x", field: "x" * 1_000_000}

    assert_error(await http_window.submit(**typed), "too_long", field)
    assert http_pbx.requests == []


@pytest.mark.parametrize("field", ["url", "client_id", "client_secret"])
async def test_a_blank_field_is_refused(
    pbx: PbxSimulator, window: Window, field: str
) -> None:
    """The PBX is not asked."""
    await window.open()

    assert_error(await window.sign_in(**{field: "  "}), "empty", field)
    assert pbx.requests == []


async def test_a_blank_access_token_is_refused(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The PBX is not asked."""
    await http_window.open("access_token")

    result = await http_window.submit(url=http_pbx.base_url, access_token=" ")

    assert_error(result, "empty", "access_token")
    assert http_pbx.requests == []


async def test_a_blank_refresh_token_is_none(
    hass: HomeAssistant, http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The field is optional."""
    answer = new_token(http_pbx)
    await http_window.open("access_token")

    created = await http_window.submit(
        url=http_pbx.base_url, access_token=answer["access_token"], refresh_token=" "
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    tokens = await stored_tokens(hass, created["result"])
    assert tokens
    assert tokens.refresh_token == ""


async def test_the_http_port_of_a_pbx_leads_to_its_https_port(
    hass: HomeAssistant,
) -> None:
    """The form says where, and takes that URL."""
    async with PbxSimulator(redirect_port=0) as pbx:
        window = Window(hass, pbx)
        await window.open()

        refused = await window.sign_in(url=pbx.redirecting_url)
        shown = await window.sign_in(url=pbx.base_url)

        assert refused["errors"] == {"base": "redirected"}
        assert refused["description_placeholders"]
        assert refused["description_placeholders"]["origin"] == pbx.base_url
        assert shown["step_id"] == "certificate"
        await window.close()
