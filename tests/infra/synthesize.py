"""The one synth of a test session: the stage that the twin runs, and one with every setting, both with all checks."""

import sys
from pathlib import Path

from infra.app import synthesize
from infra.settings import settings_of

HERE = Path(__file__).parent / "settings"

if __name__ == "__main__":
    synthesize([settings_of("dev"), settings_of("everything", HERE)], Path(sys.argv[1]), checks=True, bundle=None)
