"""The state machine's definition and the functions that it names."""

import re
from pathlib import Path

PARTITION = "Partition"
"""The token of the partition, which the file leaves to the deployment: its own is that of most."""

PATH = Path(__file__).parents[1] / "statemachine" / "run_datamart.asl.json"


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
        raise ValueError(f"{PATH.name} names {', '.join(missing)}, and infra/function_table.py has no such function")
    if unused := sorted(tokens - named):
        raise ValueError(f"no state in {PATH.name} calls {', '.join(unused)} of infra/function_table.py")
    return text.replace("arn:aws:", f"arn:${{{PARTITION}}}:")
