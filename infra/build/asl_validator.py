"""Validates the state machine's definition with asl-validator before anything is deployed.

It finds what neither cfn-lint nor moto detects: a missing target, an unreachable state, a field that the type of state
does not have, invalid JSONata. It does not check the fields of retriers and catchers; moto does.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from infra.build.node_tools import NODE, installed


def findings(definition: dict[str, Any], path: Path) -> list[str]:
    """The findings of asl-validator in the definition, which is written to ``path``; empty if it has no findings.

    Raises NotInstalled.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(definition, indent=2, ensure_ascii=False) + "\n", "utf-8")
    validator = installed() / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    line = [str(NODE), str(validator), "--json-path", str(path)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - a pinned tool
    return [] if ended.returncode == 0 else [(ended.stdout + ended.stderr).strip()]
