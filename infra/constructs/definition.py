"""The state machine's definition and the functions that it names."""

import re
from pathlib import Path

PATH = Path(__file__).parents[2] / "statemachine" / "run_datamart.asl.json"


def definition(tokens: set[str]) -> str:
    """The definition for any partition, once it is sure that ``tokens`` are just the ``${…}`` that the file names.

    Raises
    ------
    ValueError
        Naming the token that has no function, or the function that no state calls.
    """
    text = PATH.read_text("utf-8")
    named = set(re.findall(r"\$\{(\w+)\}", text))
    if missing := sorted(named - tokens):
        raise ValueError(
            f"{PATH.name} names {', '.join(missing)}, and infra/constructs/function_table.py has no such function"
        )
    if unused := sorted(tokens - named):
        raise ValueError(f"no state in {PATH.name} calls {', '.join(unused)} of infra/constructs/function_table.py")
    return _INTEGRATION.sub(lambda found: f'"${{{_token(found[1])}}}"', text)


def integrations(partition: str) -> dict[str, str]:
    """The ARNs of the service integrations that the definition uses, in a partition, by their tokens.

    The file has them in the partition aws, as editors and validators want them. A token stands for a whole ARN because
    cfn-lint skips those, and takes no other partition than aws in an ARN.
    """
    found = _INTEGRATION.findall(PATH.read_text("utf-8"))
    return {_token(resource): f"arn:{partition}:{resource}" for resource in found}


_INTEGRATION = re.compile(r'"arn:aws:(states:::[\w:.]+)"')


def _token(resource: str) -> str:
    """``states:::lambda:invoke.waitForTaskToken`` as StatesLambdaInvokeWaitForTaskToken."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[:.]+", resource))
