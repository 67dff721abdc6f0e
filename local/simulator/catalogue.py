"""The content of the simulated project: datamarts, prompts, cubes, events, and all IDs."""

from dataclasses import dataclass, field
from typing import Any

DATAMART_SUBTYPE, CUBE_SUBTYPE = 772, 776
"""Subtypes of a report (API.md 4.1, 12)."""

TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
IDLE_PROJECT = "0D02EDA94C9DD5F2E1A4F7BFF7E0C7A1"
UNLOADED_PROJECT = "1E13FEB05DAED603F2B5A8C0A8F1D8B2"
FORBIDDEN_PROJECT = "2F240FC16EBFE71403C6B9D1B902E9C3"

CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
CATEGORY_SALES = "1F4C7A5E4B0D9C2E8A61D3B7F5092E44"
DAILY_SALES_APPEND = "2A8E61D04C7F13B95D02E8A7C64F19B3"
NESTED = "3B9D04F24E8A57C16F13A9B8D7502C55"
ALL_PROMPTS = "4CAE15034F9B68D27024BAC9E8613D66"
BROKEN_SQL = "5DBF26144AAC79E38135CBDAF9724E77"
SLOW_LOAD = "6EC037254BBD8AF49246DCEB0A835F88"
FAILS_EARLY = "7FD148364CCE9B05A357EDFC1B946099"
SAME_NAME_ONE = "80E259474DDFAC16B468FE0D2CA571AA"
SAME_NAME_TWO = "91F36A584EE0BD27C5790F1E3DB682BB"
CITY_REPORT = "A2047B694FF1CE38D68A102F4EC793CC"
STRICT_PROMPTS = "E648BFAD73350F7C1ACE54638C0BD700"
CUSTOMERS = "F759C0BE8446108D2BDF65749D1CE811"
SAME_NAMES = "086AD1CF9557219E3CE07685AE2DF922"

CITY_CUBE = "197BE2D0A668320A4DF18796BF3E0A33"
CATEGORY_CUBE = "2A8CF3E1B779431B5E0298A7C04F1B44"
DAILY_CUBE = "3B9D04F2C88A542C6F13A9B8D1502C55"
SLOW_CUBE = "4CAE1503D99B653D7024BAC9E2613D66"
BROKEN_CUBE = "5DBF2614EAAC764E8135CBDAF3724E77"
SAME_CUBE_ONE = "6EC03725FBBD875F9246DCEB04835F88"
SAME_CUBE_TWO = "7FD148360CCE9860A357EDFC15946099"

LOAD_DONE = "80E259471DDFA971B468FE0D26A571AA"
CUBES_DUE = "91F36A582EE0BA82C5790F1E37B682BB"
SAME_EVENT_ONE = "A2047B693FF1CB93D68A102F48C793CC"
SAME_EVENT_TWO = "B3158C7A5002DCA4E79B213059D8A4DD"

FOLDER_PUBLIC = "98FE182C2A10427EACE0CD30B6768258"
FOLDER_DATAMARTS = "8A1831FF494F528D02A4A8BF5FB73459"
FOLDER_ARCHIVE = "B3158C7A40020F49E79B21305FD8A4DD"
FOLDER_CUBES = "C4269D8B51131E5AF8AC32416AE9B5EE"

COUNTRY = "8D679D3811D3E4981000E787EC6DE8A4"
CITY_ATTRIBUTE = "8D679D3711D3E4981000E787EC6DE8A4"
CATEGORY = "8D679D3911D3E4981000E787EC6DE8A4"
DAY = "8D679D3A11D3E4981000E787EC6DE8A4"
CUSTOMER = "8D679D3B11D3E4981000E787EC6DE8A4"
SALES_METRIC = "7FD5B69611D5AC76C000D98A4CC5F24F"
COST_METRIC = "7FD5B69511D5AC76C000D98A4CC5F24F"


@dataclass(frozen=True)
class Prompt:
    """A prompt of a definition.

    ``column``: what an answer filters in the warehouse. ``choices``: ids of the objects that may answer it (OBJECTS and
    LEVEL). ``title``: what people see, the name if it is None.
    """

    id: str
    name: str
    type: str
    column: str | None = None
    required: bool = False
    data_type: str | None = None
    source: str | None = None
    default: Any = None
    minimum: Any = None
    maximum: Any = None
    choices: tuple[str, ...] = ()
    title: str | None = None
    instruction: str | None = None

    @property
    def key(self) -> str:
        """The only unique identifier of a prompt (API.md 7.2)."""
        return f"{self.id}@0@10"


@dataclass(frozen=True)
class DatamartSpec:
    """A report: a datamart (subtype 772), a cube (776) or neither.

    ``attributes``, ``metrics``: columns of the table, by their names in :mod:`local.simulator.metadata.schema`.
    ``nested``: each prompt opens only when the one before it was answered. ``seconds``: how long the SQL takes.
    ``properties``: the datamart's own among those of API.md 5.1. ``reads``: the table that a cube is built on.
    ``is_published``: whether a cube has data from the beginning, of a time when that table was empty.
    """

    id: str
    name: str
    table: str
    attributes: tuple[str, ...] = ("country", "city", "category")
    metrics: tuple[str, ...] = ("sales", "cost")
    append: bool = False
    prompts: tuple[Prompt, ...] = ()
    nested: bool = False
    folder: str = FOLDER_DATAMARTS
    subtype: int = 772
    seconds: float = 1.0
    fails_early: bool = False
    properties: dict[str, str] = field(default_factory=dict)
    reads: str = ""
    is_published: bool = False


@dataclass(frozen=True)
class EventSpec:
    """An event of the server, and what is bound to it: ``subscriptions`` by their names, ``cubes`` by their IDs."""

    id: str
    name: str
    subscriptions: tuple[str, ...] = ()
    cubes: tuple[str, ...] = ()


EVENTS = (
    EventSpec(LOAD_DONE, "Load done", ("Sales of the day, by e-mail", "Board figures, as PDF")),
    EventSpec(CUBES_DUE, "Cubes due", cubes=(CITY_CUBE, DAILY_CUBE)),
    EventSpec(SAME_EVENT_ONE, "Same Event"),
    EventSpec(SAME_EVENT_TWO, "Same Event"),
)
"""The server's events (API.md 12)."""


def _id(number: int) -> str:
    return f"0C{number:02X}5CA4483E29FFB0AF969D68588E95"


ELEMENTS_OF_COUNTRY = Prompt(
    "055A4B7241396EB7FC27E3A5D2A9FB2F", "Elements of Country", "ELEMENTS", "country", required=True, source=COUNTRY
)


def _nested_prompts(depth: int) -> tuple[Prompt, ...]:
    steps = (
        Prompt(_id(1), "Country of the city", "ELEMENTS", "country", required=True, source=COUNTRY),
        Prompt(_id(2), "City in the country", "ELEMENTS", "city", required=True, source=CITY_ATTRIBUTE),
    )
    more = tuple(
        Prompt(_id(2 + n), f"Least amount {n}", "VALUE", "amount", required=n % 2 == 1, data_type="NUMERIC", minimum=0)
        for n in range(1, depth - 1)  # every second one is optional
    )
    return (*steps, *more)[:depth]


ALL_TYPES = (
    Prompt(_id(40), "Comment", "VALUE", data_type="TEXT", maximum=50, default="none"),
    Prompt(_id(41), "Least amount", "VALUE", "amount", data_type="NUMERIC", minimum=0, maximum=10_000),
    Prompt(_id(42), "From day", "VALUE", "day", required=True, data_type="DATE", minimum="2020-01-01"),
    Prompt(_id(43), "Category", "ELEMENTS", "category", source=CATEGORY, minimum=1, maximum=2),
    Prompt(
        _id(44),
        "Metrics",
        "OBJECTS",
        default=[{"id": SALES_METRIC, "name": "Sales", "type": "metric"}],
        minimum=1,
        choices=(SALES_METRIC, COST_METRIC),
    ),
    Prompt(_id(45), "Qualification", "EXPRESSION"),
    Prompt(_id(46), "Level", "LEVEL", choices=(COUNTRY, CITY_ATTRIBUTE, CATEGORY)),
)

STRICT = (
    Prompt(
        _id(50),
        "Code",
        "VALUE",
        None,
        True,
        "TEXT",
        minimum=2,
        maximum=5,
        title="Short code",
        instruction="2 to 5 characters",
    ),
    Prompt(
        _id(51),
        "Percentage",
        "VALUE",
        "amount",
        True,
        "NUMERIC",
        minimum=0,
        maximum=100,
        title="How much, from 0 to 100?",
    ),
    Prompt(
        _id(52),
        "Load day",
        "VALUE",
        "day",
        True,
        "DATE",
        minimum="2026-01-01",
        maximum="2026-12-31",
        title="From which day of 2026 on?",
    ),
    Prompt(
        _id(53),
        "Countries",
        "ELEMENTS",
        "country",
        required=True,
        source=COUNTRY,
        minimum=1,
        maximum=2,
        title="One country or two",
    ),
    Prompt(
        _id(54),
        "One metric",
        "OBJECTS",
        required=True,
        minimum=1,
        maximum=1,
        choices=(SALES_METRIC, COST_METRIC),
        title="Sales or cost?",
    ),
    Prompt(_id(55), "Detail", "LEVEL", choices=(COUNTRY, CITY_ATTRIBUTE, CATEGORY), title="Level of detail"),
    Prompt(_id(56), "Condition", "EXPRESSION", title="Which of them?"),
)

CUSTOMERS_CHOSEN = Prompt(
    _id(60), "Customers", "ELEMENTS", "buyers", required=True, source=CUSTOMER, title="Which customers?"
)

SAME_NAME_TWICE = tuple(Prompt(_id(number), "Remark", "VALUE", data_type="TEXT") for number in (70, 71))


NIGHT: tuple[tuple[str, tuple[str, ...], float, bool], ...] = (
    ("Store Master", ("country", "city"), 3.0, False),
    ("Product Master", ("category",), 2.0, False),
    ("Supplier Master", ("country",), 2.0, False),
    ("Stock Facts", ("city", "category"), 5.0, False),
    ("Receipt Facts", ("day", "category"), 8.0, True),
    ("Return Facts", ("day",), 2.0, True),
    ("Stock Cube", ("category",), 3.0, False),
    ("Margin Cube", ("country", "category"), 4.0, False),
    ("Ranking Extract", ("city",), 2.0, False),
    ("Board Extract", ("country",), 1.0, False),
    ("History Archive", ("day", "city"), 6.0, False),
)
"""Datamarts for a batch: name, attributes, seconds, and whether it appends. None of them asks anything."""


def _cube(
    cube_id: str, name: str, reads: str, seconds: float = 2.0, is_published: bool = False, folder: str = FOLDER_CUBES
) -> DatamartSpec:
    attributes, metrics = ("category",), ("sales",)
    return DatamartSpec(
        cube_id,
        name,
        "",
        attributes,
        metrics,
        folder=folder,
        subtype=CUBE_SUBTYPE,
        seconds=seconds,
        reads=reads,
        is_published=is_published,
    )


def cubes(slow_seconds: float) -> tuple[DatamartSpec, ...]:
    """The Intelligent cubes (API.md 12): each has the rows of one datamart's table, as they were when it was published.

    The one that is broken reads a table that no datamart writes.
    """
    return (
        _cube(CITY_CUBE, "City Cube", "DM_CITY", is_published=True),
        _cube(CATEGORY_CUBE, "Category Cube", "DM_CATEGORY_SALES"),
        _cube(DAILY_CUBE, "Daily Cube", "DM_DAILY_SALES", is_published=True),
        _cube(SLOW_CUBE, "Slow Cube", "DM_SLOW", slow_seconds),
        _cube(BROKEN_CUBE, "Broken Cube", "DM_NOT_THERE", is_published=True),
        _cube(SAME_CUBE_ONE, "Same Cube", "DM_SAME_NAME_ONE"),
        _cube(SAME_CUBE_TWO, "Same Cube", "DM_SAME_NAME_TWO", folder=FOLDER_ARCHIVE),
    )


def load_id(number: int) -> str:
    """ID of the further datamart "Load <number>"."""
    return f"{number:08X}4C3F8A1E5B7D2096AE48C1F0"


def datamarts(
    nesting: int, slow_seconds: float, more_loads: tuple[float, ...] = (), appending_loads: tuple[int, ...] = ()
) -> dict[str, DatamartSpec]:
    """All reports of the project, its cubes among them, by id."""
    specs = (
        DatamartSpec(CITY, "City", "DM_CITY", ("country", "city"), prompts=(ELEMENTS_OF_COUNTRY,)),
        DatamartSpec(CATEGORY_SALES, "Category Sales", "DM_CATEGORY_SALES", ("category",), ("sales",)),
        DatamartSpec(DAILY_SALES_APPEND, "Daily Sales", "DM_DAILY_SALES", ("day",), ("sales",), append=True),
        DatamartSpec(NESTED, "Nested", "DM_NESTED", prompts=_nested_prompts(nesting), nested=True),
        DatamartSpec(ALL_PROMPTS, "All Prompts", "DM_ALL_PROMPTS", prompts=ALL_TYPES),
        DatamartSpec(BROKEN_SQL, "Broken SQL", "DM_BROKEN", ("no_such_column",), ()),
        DatamartSpec(SLOW_LOAD, "Slow Load", "DM_SLOW", seconds=slow_seconds),
        DatamartSpec(FAILS_EARLY, "Fails Early", "DM_FAILS_EARLY", fails_early=True),
        DatamartSpec(SAME_NAME_ONE, "Same Name", "DM_SAME_NAME_ONE"),
        DatamartSpec(SAME_NAME_TWO, "Same Name", "DM_SAME_NAME_TWO", folder=FOLDER_ARCHIVE),
        DatamartSpec(STRICT_PROMPTS, "Strict Prompts", "DM_STRICT_PROMPTS", prompts=STRICT),
        DatamartSpec(CUSTOMERS, "Customers", "DM_CUSTOMERS", ("category",), prompts=(CUSTOMERS_CHOSEN,)),
        DatamartSpec(SAME_NAMES, "Same Names", "DM_SAME_NAMES", ("category",), prompts=SAME_NAME_TWICE),
        DatamartSpec(CITY_REPORT, "City Report", "", subtype=768),
    )
    night = (
        DatamartSpec(
            _id(0x80 + number),
            name,
            f"DM_{name.upper().replace(' ', '_')}",
            attributes,
            ("sales",),
            append,
            seconds=seconds,
        )
        for number, (name, attributes, seconds, append) in enumerate(NIGHT)
    )
    loads = (
        DatamartSpec(
            load_id(number),
            f"Load {number}",
            f"DM_LOAD_{number}",
            ("category",),
            ("sales",),
            append=number in appending_loads,
            seconds=seconds,
        )
        for number, seconds in enumerate(more_loads, 1)
    )
    return {spec.id: spec for spec in (*specs, *night, *loads, *cubes(slow_seconds))}
