"""The PBX about itself, its extensions, and pages of lists."""

import pytest

from simulator import PastEnd, SimulatedGreeting, TotalNumber

from .common import DATA_NOT_FOUND, LIST, SUCCESS, Client, Clock


async def test_system_information(client: Client, clock: Clock) -> None:
    """The fields of the documented example, in its display format."""
    clock.now += 60

    answer = await client.get("system/information")

    assert answer == {
        **SUCCESS,
        "data": {
            "device_name": "PBX",
            "model_name": "Yeastar P550",
            "sn": "3631A2124001",
            "hardware_version": "V1.00 0000-0000",
            "firmware_version": "37.23.0.15",
            "system_time": "2025/08/22 08:45:40",
            "up_time": 60,
            "system_date_format": "YYYY/MM/DD",
            "system_time_format": "hh:mm:ss",
            "timestamp": 1_755_852_340,
        },
    }


async def test_system_information_can_be_set(client: Client) -> None:
    """The device is what the test says."""
    pbx = client.pbx
    pbx.serial_number, pbx.name, pbx.model = "S1", "Office", "P-Series Software Edition"
    pbx.firmware = "83.23.0.10"

    data = (await client.get("system/information"))["data"]

    assert data["sn"] == "S1"
    assert data["device_name"] == "Office"
    assert data["model_name"] == "P-Series Software Edition"
    assert data["firmware_version"] == "83.23.0.10"


async def test_extension_list(client: Client) -> None:
    """Numbers are strings, leading zeros included."""
    answer = await client.get("extension/list", page="1", page_size="100")

    assert answer["total_number"] == 4
    assert [row["number"] for row in answer["data"]] == ["3200", "3201", "3202", "0042"]
    assert answer["data"][0] == {
        "id": 1,
        "online_status": {
            "sip_phone": {"status": 1, "ext_dev_type": "sip"},
            "linkus_desktop": {"status": 0, "ext_dev_type": "linkusdesktop"},
            "linkus_mobile": {"status": 0, "ext_dev_type": "linkusmobile"},
            "linkus_web": {"status": 0, "ext_dev_type": "linkusweb"},
        },
        "presence_status": "available",
        "custom_presence_status": "",
        "number": "3200",
        "caller_id_name": "Leo Ball",
        "role_name": "",
        "email_addr": "leo.ball@example.com",
        "mobile_number": "15550100",
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"sort_by": "number"}, ["0042", "3200", "3201", "3202"]),
        ({"sort_by": "number", "order_by": "desc"}, ["3202", "3201", "3200", "0042"]),
        ({"sort_by": "caller_id_name"}, ["3201", "3200", "3202", "0042"]),
        ({"order_by": "desc"}, ["0042", "3202", "3201", "3200"]),
    ],
)
async def test_extension_order(
    client: Client, query: dict[str, str], numbers: list[str]
) -> None:
    """Rows are sorted by any of the documented fields."""
    answer = await client.get("extension/list", **query)

    assert [row["number"] for row in answer["data"]] == numbers


@pytest.mark.parametrize(
    ("keyword", "numbers"),
    [
        ("3200", ["3200"]),
        ("320", ["3200", "3201", "3202"]),
        ("42", ["0042"]),
        ("LEO", ["3200"]),
        ("zoë", ["0042"]),
        ("@example.com", ["3200", "0042"]),
        ("", ["3200", "3201", "3202", "0042"]),
        ("nobody", []),
    ],
)
async def test_extension_search_is_fuzzy(
    client: Client, keyword: str, numbers: list[str]
) -> None:
    """A keyword matches any part of number, name and address."""
    answer = await client.get("extension/search", search_value=keyword)

    assert answer["total_number"] == len(numbers)
    assert [row["number"] for row in answer["data"]] == numbers


async def test_pages(client: Client) -> None:
    """Pages count from 1, and ``total_number`` is that of all pages."""
    pages = [
        await client.get("extension/list", page=str(page), page_size="3")
        for page in (1, 2, 3)
    ]

    assert [page["total_number"] for page in pages] == [4, 4, 4]
    assert [[row["id"] for row in page["data"]] for page in pages] == [
        [1, 2, 3],
        [4],
        [],
    ]


async def test_default_page_size(client: Client) -> None:
    """A client that names no page size does not get everything."""
    client.pbx.extensions["3200"].greetings = [
        SimulatedGreeting(f"{n}.wav") for n in range(11)
    ]

    answer = await client.get(LIST, extension="3200")

    assert answer["total_number"] == 11
    assert len(answer["greeting_list"]) == 10


async def test_max_page_size(client: Client) -> None:
    """A limit on the rows of one page wins over the page size asked for."""
    client.pbx.switches.max_page_size = 3

    second = await client.get(LIST, extension="3200", page="2", page_size="1000")

    assert second["total_number"] == 4
    assert [row["real_filename"] for row in second["greeting_list"]] == ["closed.WAV"]


@pytest.mark.parametrize("total", [None, 0, 1, "4", "many", 1_000_000_000, -1, [4]])
@pytest.mark.parametrize(
    ("endpoint", "rows"), [("extension/list", "data"), (LIST, "greeting_list")]
)
async def test_a_total_that_lies(
    client: Client, total: object, endpoint: str, rows: str
) -> None:
    """The pages are as ever."""
    client.pbx.switches.total_number = total
    client.pbx.switches.max_page_size = 3

    pages = [
        await client.get(endpoint, extension="3200", page=page, page_size="500")
        for page in ("1", "2", "3")
    ]

    assert [page["total_number"] for page in pages] == [total] * 3
    assert [len(page[rows]) for page in pages] == [3, 1, 0]


async def test_a_total_that_is_missing(client: Client) -> None:
    """The field is left out."""
    client.pbx.switches.total_number = TotalNumber.MISSING

    answer = await client.get("extension/list")

    assert "total_number" not in answer
    assert len(answer["data"]) == 4


async def test_a_pbx_that_ignores_the_page(client: Client) -> None:
    """It answers with the first one each time."""
    client.pbx.switches.ignored_parameters = frozenset({"page"})

    pages = [
        await client.get("extension/list", page=page, page_size="3") for page in "123"
    ]

    assert [[row["id"] for row in page["data"]] for page in pages] == [[1, 2, 3]] * 3
    assert client.pbx.requests[-1].query["page"] == "3"


async def test_a_pbx_that_ignores_the_page_size(client: Client) -> None:
    """It has one of its own."""
    client.pbx.extensions["3200"].greetings = [
        SimulatedGreeting(f"{n}.wav") for n in range(11)
    ]
    client.pbx.switches.ignored_parameters = frozenset({"page_size"})

    answer = await client.get(LIST, extension="3200", page="1", page_size="500")

    assert len(answer["greeting_list"]) == 10


@pytest.mark.parametrize(
    ("past_end", "expected"),
    [
        (PastEnd.EMPTY, {**SUCCESS, "total_number": 4, "data": []}),
        (PastEnd.NOT_FOUND, DATA_NOT_FOUND),
    ],
)
async def test_a_page_after_the_last(
    client: Client, past_end: PastEnd, expected: object
) -> None:
    """What it is, is not documented."""
    client.pbx.switches.past_end = past_end

    assert await client.get("extension/list", page="3", page_size="3") == expected


async def test_the_last_page_again_after_it(client: Client) -> None:
    """As of a PBX that has nothing more and does not say so."""
    client.pbx.switches.past_end = PastEnd.LAST_AGAIN

    pages = [
        await client.get("extension/list", page=page, page_size="3") for page in "1234"
    ]

    assert [len(page["data"]) for page in pages] == [3, 1, 1, 1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", "0"),
        ("page_size", "-1"),
        ("page_size", "x"),
        ("sort_by", "shoe_size"),
        ("order_by", "random"),
    ],
)
async def test_invalid_parameter(client: Client, field: str, value: str) -> None:
    """The answer names the parameter."""
    answer = await client.get("extension/list", **{field: value})

    assert answer == {
        "errcode": 40002,
        "errmsg": "PARAMETER ERROR",
        "invalid_param_list": [{"field": field, "value": value}],
    }
