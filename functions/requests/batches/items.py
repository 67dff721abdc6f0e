"""The items of a batch: each a request or a named job, with a name and the names of the items that it comes after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.problems import Problems
from functions.requests.batches.schema import ITEM, ITEM_KEYS, LONGEST_NAME
from functions.requests.execution_input import moment
from functions.requests.named_jobs import Job
from functions.requests.placeholders import BadPlaceholder, placeholders, strings
from functions.requests.request import SCHEMA, normalise
from functions.requests.validation import SchemaError
from functions.similar_names import canonical, folded, nearest
from functions.text import quoted, shown_key

REQUEST_KEYS: tuple[str, ...] = tuple(SCHEMA.rules["properties"])

_ANY_DATAMART = {"project": "P", "datamart": "D"}
"""Stands for what an item names when the defaults are checked alone."""


@dataclass(frozen=True)
class BatchItem:
    """An item of a valid batch.

    Parameters
    ----------
    name
        Unique in the batch.
    after
        Names of the items that must have loaded before it starts.
    job
        Its named job, or None.
    request
        The keys of a request, the batch's defaults among them; empty for a named job.
    where
        What it is called in messages: ``item 3 ("sales")``; in a file ``line 9, item 3 ("sales")``, and in CSV
        ``line 12 ("sales")``.
    """

    name: str
    after: tuple[str, ...]
    job: str | None
    request: dict[str, Any]
    where: str
    as_of: str | None = None


class Items:
    """The items as they are written.

    Parameters
    ----------
    written
        A list of anything.
    defaults
        Keys of requests that they share.
    jobs
        The named jobs that they may name.
    places
        Where each is in its file, or None.
    literal
        Whether braces in answers are braces.
    """

    def __init__(
        self,
        written: list[Any],
        defaults: dict[str, Any],
        jobs: Mapping[str, Job],
        places: list[str] | None,
        *,
        literal: bool,
    ) -> None:
        self._written = written
        self._defaults = defaults
        self._jobs = jobs
        self._places = places
        self._literal = literal
        self.unreadable: set[str] = set()
        """Names of items that could not be read: others may come after them all the same."""

    def checked(self, problems: Problems) -> list[BatchItem]:
        """Those that can be read, each with a name of its own; what is wrong with the others is in ``problems``."""
        if wrong := self._wrong_defaults():
            problems.add(wrong)
        items = []
        for number in range(len(self._written)):
            try:
                items.append(self._item(number))
            except InvalidRequest as problem:
                problems.add(f"{self._where(number)}: {problem}")
                self.unreadable.update(_called(self._written[number]))
                continue
            if not wrong and (flaw := self._flaw(items[-1], problems)):
                problems.add(f"{items[-1].where}: {flaw}")
        return _with_names_of_their_own(items, problems)

    def _wrong_defaults(self) -> str | None:
        """What is wrong with the defaults, whatever the item."""
        if unknown := [key for key in self._defaults if key not in REQUEST_KEYS]:
            hint = nearest(unknown[0], REQUEST_KEYS)
            return f"defaults.{shown_key(unknown[0])}: unknown key{hint}; allowed keys: {', '.join(REQUEST_KEYS)}."
        try:
            normalise(_ANY_DATAMART | self._defaults)
            _check_placeholders(self._defaults, literal=self._literal)
        except InvalidRequest as problem:
            return f"defaults.{problem}"
        return None

    def _where(self, number: int) -> str:
        return place_of(self._written[number], number, self._places)

    def _item(self, number: int) -> BatchItem:
        """Raises InvalidRequest for an item without which names and order cannot be checked."""
        written = self._written[number]
        if not isinstance(written, dict):
            raise InvalidRequest("must be an object {…}.")
        if unknown := [key for key in written if key not in ITEM_KEYS and key not in REQUEST_KEYS]:
            known = (*ITEM_KEYS, *REQUEST_KEYS)
            raise InvalidRequest(
                f"{shown_key(unknown[0])}: unknown key{nearest(unknown[0], known)}; allowed keys: {', '.join(known)}."
            )
        try:
            own = ITEM.check({key: value for key, value in written.items() if key in ITEM_KEYS})
        except SchemaError as problem:
            raise InvalidRequest(str(problem)) from None
        request = {key: value for key, value in written.items() if key not in ITEM_KEYS}
        if "asOf" in own:
            moment(own["asOf"])
        job = own.get("job")
        if job is not None and request:
            raise InvalidRequest(
                f"{next(iter(request))}: is not allowed beside job; an item of a named job has only "
                f"{', '.join(ITEM_KEYS)}. Remove it, or the job."
            )
        return BatchItem(
            name=_name(own, self._defaults | request),
            after=tuple(map(canonical, own["after"])),
            job=job,
            request={} if job is not None else self._defaults | request,
            where=self._where(number),
            as_of=own.get("asOf"),
        )

    def _flaw(self, item: BatchItem, problems: Problems) -> str | None:
        """What is wrong with its request or job."""
        try:
            if item.job is not None:
                self._check_job(item.job, problems)
            else:
                normalise(item.request)
                _check_placeholders(item.request, literal=self._literal)
        except InvalidRequest as problem:
            return str(problem)
        return None

    def _check_job(self, name: str, problems: Problems) -> None:
        if name not in self._jobs:
            if not problems.is_shown:
                raise InvalidRequest(f"job: there is no job {quoted(name)}.")
            there = f"jobs: {', '.join(self._jobs)}" if self._jobs else "there are no named jobs"
            raise InvalidRequest(f"job: there is no job {quoted(name)}{nearest(name, self._jobs)}; {there}.")
        if not {"project", "datamart"} <= set(self._jobs[name]["request"]):
            raise InvalidRequest(
                f"job: the job {quoted(name)} takes its datamart from requests from outside and cannot run by name "
                "alone. Write the request in place of the job."
            )


def place_of(written: Any, number: int, places: list[str] | None) -> str:
    """What an item is called in messages, which may be invalid: ``item 3 ("sales")``, or by its place in a file."""
    place = f"item {number + 1}" if places is None else places[number]
    return next((f"{place} ({quoted(name, LONGEST_NAME)})" for name in _called(written)), place)


def _called(written: Any) -> Iterator[str]:
    """The name of an item that may be invalid, if it has one."""
    given = written if isinstance(written, dict) else {}
    name = next((given[key] for key in ("name", "job", "datamart") if given.get(key)), None)
    name = name.get("name") if isinstance(name, dict) else name
    if isinstance(name, str):
        yield canonical(name)


def _name(own: dict[str, Any], request: dict[str, Any]) -> str:
    """The item's name; raises InvalidRequest if it has none and cannot be called like its job or datamart."""
    if "name" in own:
        return _printable(canonical(str(own["name"])))
    datamart = request.get("datamart")
    called = own.get("job") or (datamart.get("name") if isinstance(datamart, dict) else datamart)
    if not isinstance(called, str) or not called:
        normalise(request)  # says what is wrong with the datamart
        raise InvalidRequest("name: is missing; give the item a name.")
    try:
        ITEM.check({"name": called})
    except SchemaError as problem:
        reason = str(problem).removeprefix("name: ")
        raise InvalidRequest(
            f"name: is missing, and the datamart's name cannot take its place: {reason} Give the item a name."
        ) from None
    return _printable(canonical(called))


def _printable(name: str) -> str:
    if not name.isprintable():
        raise InvalidRequest(f"name: {quoted(name)} contains a character that does not print; remove it.")
    return name


def _check_placeholders(request: dict[str, Any], *, literal: bool) -> None:
    """Reject a brace that could not be filled in. Raises InvalidRequest."""
    for index, prompt in enumerate([] if literal else request.get("prompts", [])):
        try:
            for text in strings(prompt.get("answers")):
                placeholders(text)
        except BadPlaceholder as problem:
            raise InvalidRequest(f"prompts[{index}].answers: {problem}.") from None


def _with_names_of_their_own(items: list[BatchItem], problems: Problems) -> list[BatchItem]:
    """The items, the first of each name; two names are the same where people read them so."""
    first: dict[str, BatchItem] = {}
    for item in items:
        other = first.setdefault(folded(item.name), item)
        if other is not item:
            problems.add(
                f"{item.where}: name: is that of {other.where.partition(' (')[0]} too. Give each a name of its own; "
                "left out, it is that of the job or the datamart."
            )
    return list(first.values())
