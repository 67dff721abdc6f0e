"""A share of the campaign: the same part of each class every time, so that ten tenths are the whole."""

import argparse
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from tests.faults.faults import Case


@dataclass(frozen=True)
class Share:
    """Part ``part`` (from 1) of ``parts`` of a list of cases."""

    part: int
    parts: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Read ``1/10``. Raises argparse.ArgumentTypeError."""
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise argparse.ArgumentTypeError(f'invalid share "{text}": write PART/PARTS, from 1/10 to 10/10')
        return cls(int(found[1]), int(found[2]))

    def of(self, cases: list[Case]) -> list[Case]:
        """The cases of this share, in their order; of each class as many as of every other, but for one.

        Within a class they are dealt out in the order of their seeds. In the order of the list a step would meet the
        same faults in each share, as their number may be a multiple of ``parts``.
        """
        families: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            families[case.family].append(case)
        # The first part would have the most of every class: each class begins with the part at which the last ended.
        dealt, taken = 0, set()
        for family in families.values():
            for case in sorted(family, key=lambda case: (case.seed, case.name)):
                if dealt % self.parts == self.part - 1:
                    taken.add(case)
                dealt += 1
        return [case for case in cases if case in taken]


WHOLE = Share(1, 1)
"""All cases."""
