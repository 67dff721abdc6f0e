"""Prompts of a definition and of an instance, what may answer them, and the answers (API.md 7)."""

from typing import Any

from local.simulator.iserver.instance import Instance
from local.simulator.metadata.schema import BY_ID
from local.simulator.prompts.open_prompt import OpenPrompt
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.types import type_of
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

PADDING = "Choose what the datamart is to be loaded with. "


def definition_prompts(request: Request) -> Response:
    """GET /reports/{id}/prompts."""
    spec = request.server.definitions.spec(request.ids["datamart"])
    defaults = request.server.definitions.default_answers(spec)
    return Response(200, _listed(request, [OpenPrompt(p, defaults.get(p.id)) for p in spec.prompts]))


def instance_prompts(request: Request) -> Response:
    """GET /reports/{id}/instances/{iid}/prompts."""
    return Response(200, _listed(request, request.server.instances.listed(_mine(request))))


def _listed(request: Request, prompts: list[OpenPrompt]) -> list[dict[str, Any]]:
    """Those that ``closed`` asks for, as the scenario understands it (API.md 7.1)."""
    scenario, wanted, now = request.server.scenario, request.one("closed").lower(), request.server.clock()
    if wanted and scenario.closed_filter == "equal":
        prompts = [prompt for prompt in prompts if prompt.listed_closed(now) is (wanted == "true")]
    if wanted == "true" and scenario.closed_filter == "inverted":
        prompts = [prompt for prompt in prompts if not prompt.listed_closed(now)]
    listed = [p.describe_as_of_old(now) if scenario.old_prompt_shapes else p.describe(now) for p in prompts]
    return [_padded(prompt, scenario.prompt_padding // len(listed)) for prompt in listed]


def _padded(prompt: dict[str, Any], size: int) -> dict[str, Any]:
    """With an instruction that goes on for ``size`` bytes more."""
    text = PADDING * (size // len(PADDING) + 1)
    return prompt | {"instruction": prompt.get("instruction", "") + text[:size]} if size else prompt


def prompt_elements(request: Request) -> Response:
    """GET …/prompts/{keyOrId}/elements, at most 200 at a time; of nested prompts under the earlier answers."""
    instance, search = _mine(request), request.server.scenario.element_search
    if search == "refused":
        raise Refusal(403, 14, "The user has no privilege to browse elements.", -2147213784)
    prompt = _prompt(request, instance, "elements").prompt
    elements = request.server.instances.elements(instance, prompt)
    found = elements.containing(request.one("searchPattern") if search == "contains" else "")
    return _paged(request, "elements", found, type_of(prompt))


def prompt_objects(request: Request) -> Response:
    """GET …/prompts/{keyOrId}/objects, of OBJECTS and LEVEL prompts; of the latter -1 is all."""
    prompt = _prompt(request, _mine(request), "objects").prompt
    pattern = request.one("searchPattern").casefold()
    choices = [BY_ID[choice].describe() for choice in prompt.choices]
    choices = [choice for choice in choices if pattern in choice["name"].casefold()]
    return _paged(request, "objects", choices, type_of(prompt))


def answer_prompts(request: Request) -> Response:
    """PUT …/prompts/answers."""
    request.server.instances.answer(_mine(request), request.json())
    return Response(204)


def _mine(request: Request) -> Instance:
    return request.server.instances.find(request.mine, request.ids["instance"])


def _prompt(request: Request, instance: Instance, listing: str) -> OpenPrompt:
    wanted = request.ids["prompt"]
    for prompt in request.server.instances.listed(instance):
        if wanted in (prompt.prompt.key, prompt.prompt.id) and type_of(prompt.prompt).listing == listing:
            return prompt
    raise Refusal(400, 6, "Failed to locate the prompt.")


def _paged(request: Request, field: str, found: list[dict[str, str]], kind: PromptType) -> Response:
    limit, largest = request.number("limit", kind.page), kind.largest_page
    if largest is not None and not 0 < limit <= largest:
        raise Refusal(400, 6, f"limit must be between 1 and {largest}.")
    return Response(200, {field: request.page(found, kind.page)}, [("x-mstr-total-count", str(len(found)))])
