"""What may be typed into the fields of the form."""

from homeassistant.data_entry_flow import FlowResultType
import pytest

from tests.pbx_simulator import PbxSimulator
from tests.window import Window

from .forms import assert_error, new_token, suggested


@pytest.mark.parametrize(
    "typed", ["{base}/", "{base}/openapi/v1.0", "{base}/openapi/v1.0/", " {base}"]
)
async def test_a_url_is_stored_without_what_is_too_much(
    http_pbx: PbxSimulator, http_window: Window, typed: str
) -> None:
    """Users copy more of a URL than is needed."""
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


async def test_the_path_of_a_url_is_kept(
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """A PBX may stand behind a proxy; this one does not."""
    await http_window.open()

    result = await http_window.sign_in(url=f"{http_pbx.base_url}/pbx/openapi/v1.0/")

    assert_error(result, "not_a_pbx")
    assert [r.path for r in http_pbx.requests] == ["/pbx/openapi/v1.0/get_token"]


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://192.168.5.150",
        "https://",
        "https://user:password@192.168.5.150",
        "https://192.168.5.150:99999",
        "https://192.168.5.150/?a=b",
        "https://192.168.5.150/#login",
        "192.168.5.150 8088",
        "https://[::1",
    ],
)
async def test_what_is_no_url_is_refused(window: Window, typed: str) -> None:
    """The form says so at the field and keeps what was typed."""
    await window.open()

    result = await window.sign_in(url=typed)

    assert_error(result, "invalid_url", "url")
    assert suggested(result) == {"url": typed, "client_id": window.pbx.client_id}


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
    http_pbx: PbxSimulator, http_window: Window
) -> None:
    """The field is optional."""
    answer = new_token(http_pbx)
    await http_window.open("access_token")

    created = await http_window.submit(
        url=http_pbx.base_url, access_token=answer["access_token"], refresh_token=" "
    )

    assert created["type"] is FlowResultType.CREATE_ENTRY
    assert created["data"]["token"]["refresh_token"] == ""
