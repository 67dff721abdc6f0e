"""Every resource of the template that moto can make is made in it, from the template's own properties."""

import json
import subprocess
import sys
from pathlib import Path

from local.emulator.deploy import CREATORS
from tests.infra.make_in_moto import BESIDE_THE_EMULATOR
from tests.infra.template import Template

ROOT = Path(__file__).parents[2]


def test_every_type_of_the_template_is_made_in_moto(template: Template) -> None:
    types = {resource["Type"] for resource in template.content["Resources"].values()}
    assert types == set(CREATORS) | set(BESIDE_THE_EMULATOR)


def test_everything_of_the_template_can_be_made(template_path: Path, template: Template) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.infra.make_in_moto", str(template_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for kind, count in json.loads(done.stdout).items():
        assert count == len(template.resources(kind)), kind
