"""URLs that a user types, that the PBX is asked at, and that it gives."""

# ruff: noqa: RUF001 - characters that look like others are what it is about

import pytest

from custom_components.yeastar_vm.pbx import (
    BaseUrl,
    InvalidResponse,
    InvalidUrl,
)

BASE = "https://192.168.5.150:8088"
LINK = "api/download/PBX-VoicemailGreeting-83.23.0.x-download-20260512105717-D5P9O.wav"


@pytest.mark.parametrize(
    ("typed", "base_url"),
    [
        ("https://192.168.5.150:8088", BASE),
        ("192.168.5.150:8088", BASE),
        ("  192.168.5.150:8088/ ", BASE),
        ("HTTPS://192.168.5.150:8088//", BASE),
        ("https://192.168.5.150:8088/openapi/v1.0", BASE),
        ("https://192.168.5.150:8088/openapi/v1.0/", BASE),
        ("https://192.168.5.150:8088/openapi/v1.0/get_token", BASE),
        ("https://192.168.5.150:8088/openapi/v1.0/list?page=1&access_token=x", BASE),
        ("https://192.168.5.150:8088/login", BASE),
        ("https://192.168.5.150:8088/login.html?next=https://pbx.example/", BASE),
        ("https://192.168.5.150:8088/#/extension?a=b@c", BASE),
        ("https://192.168.5.150:8088?a=b", BASE),
        ("https://example.com/pbx/login", "https://example.com/pbx"),
        ("https://[fe80::1%eth0]:8088", "https://[fe80::1%eth0]:8088"),
        ("http://192.168.5.150", "http://192.168.5.150"),
        ("http://192.168.5.150:80", "http://192.168.5.150"),
        ("name.region.yeastarcloud.com", "https://name.region.yeastarcloud.com"),
        ("https://PBX.example.com:443/", "https://pbx.example.com"),
        ("https://example.com/pbx/", "https://example.com/pbx"),
        ("https://example.com/pbx/openapi/v1.0", "https://example.com/pbx"),
        ("[fd00::5]:8088", "https://[fd00::5]:8088"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_base_url_is_what_the_user_means(typed: str, base_url: str) -> None:
    """Spellings of one address are one base URL."""
    assert str(BaseUrl.from_typed(typed)) == base_url


@pytest.mark.parametrize(
    "typed",
    [
        "https:/192.168.5.150:8088",
        "https//192.168.5.150:8088",
        "https:192.168.5.150:8088",
        "https;//192.168.5.150:8088",
        "https.//192.168.5.150:8088",
        "https:\\\\192.168.5.150:8088",
        "https:///192.168.5.150:8088",
        "https://https://192.168.5.150:8088",
        "http://https://192.168.5.150:8088",
        "https://https//192.168.5.150:8088",
        "://192.168.5.150:8088",
        "//192.168.5.150:8088",
        "https://\u200b192.168.5.150:8088",
        "\ufeffhttps://192.168.5.150\u200b:8088\u2060",
        "\u202ahttps://192.168.5.150:8088\u202c",
        "https://192.168.\xad5.150:8088",
        "\xa0192.168.5.150:8088\u3000",
        "https：//192．168．5．150：8088",
        "https://192。168。5。150:8088",
        '"https://192.168.5.150:8088"',
        "„https://192.168.5.150:8088/“.",
        "<https://192.168.5.150:8088>",
        "`192.168.5.150:8088`",
        "(https://192.168.5.150:8088),",
        "https://192.168.5.150:8088.",
        "https://192.168.5.150.:8088",
        "https://192.168.5.150:8088/openapi/v1.0.",
        "https://192.168.5.150:8088/login;",
    ],
)
def test_the_usual_slips_are_understood(typed: str) -> None:
    """What people paste, and what keyboards make of it."""
    assert BaseUrl.from_typed(typed).text == BASE


@pytest.mark.parametrize(
    ("typed", "base_url"),
    [
        ("https://http://192.168.5.150", "http://192.168.5.150"),
        ("http://http://192.168.5.150", "http://192.168.5.150"),
        ("http/192.168.5.150", "http://192.168.5.150"),
        ("https://pbx.example.", "https://pbx.example"),
        ("https://192.168.5.150:", "https://192.168.5.150"),
        ("https://https.example.com", "https://https.example.com"),
        ("http.example.com:8088", "https://http.example.com:8088"),
        ("https://[fe80::1%25eth0]:8088", "https://[fe80::1%eth0]:8088"),
        ("[fe80::1%25eth0.1]", "https://[fe80::1%eth0.1]"),
        ("https://pbx.example/pbx./login.", "https://pbx.example/pbx"),
    ],
)
def test_slips_of_other_addresses(typed: str, base_url: str) -> None:
    """The last scheme is meant; a zone is written after `%25` in URLs."""
    assert BaseUrl.from_typed(typed).text == base_url


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("a" * 63, True),
        ("a" * 64, False),
        ("a." * 125 + "com", True),  # 253 characters
        ("a." * 125 + "info", False),
        ("é." * 50 + "info", False),  # 404 characters in Punycode
    ],
)
def test_how_long_a_host_may_be(host: str, is_one: bool) -> None:
    """As long as a name can be looked up."""
    if is_one:
        assert BaseUrl.from_typed(f"https://{host}").host == host
    else:
        with pytest.raises(InvalidUrl):
            BaseUrl.from_typed(f"https://{host}")


def test_what_a_base_url_is_made_of() -> None:
    """It is read once, and asked from then on."""
    base_url = BaseUrl.from_typed("http://[fd00::5]:8088/pbx/")

    assert (base_url.is_https, base_url.host) == (False, "fd00::5")
    assert base_url.origin == BaseUrl("http://[fd00::5]:8088")
    assert base_url.as_https() == BaseUrl("https://[fd00::5]:8088/pbx")
    assert base_url.as_https("pbx.example") == BaseUrl("https://pbx.example:8088/pbx")
    assert base_url.as_https().is_https
    with pytest.raises(InvalidUrl):
        base_url.as_https("*.example")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "ftp://192.168.5.150",
        "javascript:alert(1)",
        "https://user:secret@192.168.5.150",
        "https://user@192.168.5.150",
        "https://192.168.5.256:8088",
        "https://192.168.5:8088",
        "https://0xc0a80596:8088",
        "https://192.168.005.150",
        "https://192.168.5.150:8_088",
        "https://192.168.5.150:８０８８",
        "https://１９２.168.5.150",
        "https://١٩٢.168.5.150",
        "https",
        "https:",
        "https:///",
        "http/https",
        "http://https:8088",
        "https://http.:8088/",
        "ftp:/192.168.5.150",
        "htttps://192.168.5.150:8088",
        "https://192.168.5.150:8088:8088",
        "https://192.168.5.150 :8088",
        "https://pbx.example＼.evil.example",
        "https://pbx.example＠evil.example",
        "fe80::1",
        "https://pbx..example",
        "https://xn--a.example",
        "https://" + "a" * 64 + ".example",
        "https://192.168.5.150:99999",
        "https://192.168.5.150:0",
        "https://192.168.5.150:port",
        "https://pbx example.com",
        "https://pbx\n.example.com",
        "https://pbx.example.com\\@evil.example",
        "https://[fd00::5",
        "https://" + "a" * 3000,
    ],
)
def test_what_cannot_be_a_base_url_is_refused(typed: str) -> None:
    """Nothing is sent to an address that makes no sense."""
    with pytest.raises(InvalidUrl):
        BaseUrl.from_typed(typed)


def test_a_query_is_percent_encoded() -> None:
    """A space is not a plus, and nothing of a file name ends the value."""
    url = BaseUrl(BASE).endpoint(
        "extension_vm_greeting/play", {"file": "a b+c&d#é%20/.wav"}
    )

    assert str(url) == (
        f"{BASE}/openapi/v1.0/extension_vm_greeting/play"
        "?file=a%20b%2Bc%26d%23%C3%A9%2520%2F.wav"
    )


@pytest.mark.parametrize(
    ("base_url", "resource", "link"),
    [
        (BASE, f"/{LINK}", f"{BASE}/{LINK}"),
        (BASE, LINK, f"{BASE}/{LINK}"),
        (BASE, f"{BASE}/{LINK}", f"{BASE}/{LINK}"),
        (
            "https://pbx.example",
            "https://PBX.example:443/a.wav",
            "https://pbx.example/a.wav",
        ),
        ("https://example.com/pbx", f"/{LINK}", f"https://example.com/pbx/{LINK}"),
        (BASE, "/a%20b..c.wav", f"{BASE}/a%20b..c.wav"),
        (BASE, "/fermé.wav", f"{BASE}/ferm%C3%A9.wav"),
        (BASE, "/a.wav?b=c:d", f"{BASE}/a.wav?b=c:d"),
    ],
)
def test_a_play_url_is_joined_to_the_base_url(
    base_url: str, resource: str, link: str
) -> None:
    """With one slash, and otherwise as the PBX wrote it."""
    assert BaseUrl(base_url).resource(resource) == link


@pytest.mark.parametrize(
    "resource",
    [
        None,
        "",
        17,
        ["/a.wav"],
        {"url": "/a.wav"},
        "/\\evil.example/a.wav",
        "https://evil.example/a.wav",
        "https://192.168.5.150/a.wav",
        "http://192.168.5.150:8088/a.wav",
        "https://192.168.5.150:8088@evil.example/a.wav",
        "https://user@192.168.5.150:8088/a.wav",
        "https://192.168.5.150:99999/a.wav",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:audio/wav;base64,AAAA",
        "/../etc/passwd",
        "/api/download/../../a.wav",
        "/api/%2e%2e/a.wav",
        "/api/%252e%252e/a.wav",
        "/api/..%5ca.wav",
        "/a b.wav",
        "/a.wav\r\nX: y",
        "/a.wav#b",
        "/" + "a" * 3000,
    ],
)
def test_a_play_url_elsewhere_is_refused(resource: object) -> None:
    """Another origin, another scheme, a way up, or no URL at all are refused."""
    with pytest.raises(InvalidResponse, match=r"the link (is|leads) \w+"):
        BaseUrl(BASE).resource(resource)
