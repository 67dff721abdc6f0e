"""What AWS would refuse of a state machine's definition, found by asl-validator before anything is deployed.

It finds what neither cfn-lint nor moto sees: a target that is missing, a state that cannot be reached, a field that the
type of state has not, JSONata that does not parse. Fields of retriers and catchers it does not look at; moto does.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from infra.build.node_tools import NODE, installed


def findings(definition: dict[str, Any], path: Path) -> list[str]:
    """What asl-validator says about the definition, which is written to ``path``; empty if nothing.

    Raises NotInstalled.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(definition, indent=2, ensure_ascii=False) + "\n", "utf-8")
    validator = installed() / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    line = [str(NODE), str(validator), "--json-path", str(path)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - a pinned tool
    return [] if ended.returncode == 0 else [(ended.stdout + ended.stderr).strip()]
