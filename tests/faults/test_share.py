"""A share of the campaign is a part of each class; all shares together are the campaign."""

import argparse
from collections import Counter

import pytest

from tests.faults.faults import Case
from tests.faults.share import WHOLE, Share

CASES = [
    Case("prompted", f"{step}#1", fault, family)
    for family, faults in {"status": 7, "cookies": 3, "stop inside": 1}.items()
    for step in ("log_in", "execute", "get_status", "log_out")
    for fault in map(str, range(faults))
]
"""28, 12 and 4 cases."""

TENTHS = [Share(part, 10).of(CASES) for part in range(1, 11)]


def test_every_case_is_in_one_tenth_of_the_campaign() -> None:
    assert Counter(case for tenth in TENTHS for case in tenth) == Counter(CASES)


def test_every_tenth_of_the_campaign_has_as_many_cases_of_a_class_as_the_others_but_for_one() -> None:
    for family in ("status", "cookies", "stop inside"):
        sizes = {sum(case.family == family for case in tenth) for tenth in TENTHS}
        assert max(sizes) - min(sizes) <= 1, family


def test_every_tenth_of_the_campaign_has_as_many_cases_as_the_others_but_for_one() -> None:
    assert {len(tenth) for tenth in TENTHS} == {4, 5}


def test_a_share_of_the_campaign_is_spread_over_its_steps() -> None:
    assert {case.place for case in Share(1, 4).of(CASES)} == {case.place for case in CASES}


def test_the_whole_campaign_is_its_only_share() -> None:
    assert WHOLE.of(CASES) == CASES
    assert Share.read("1/1") == WHOLE


def test_a_share_is_written_as_part_and_parts() -> None:
    assert Share.read("3/10") == Share(3, 10)


@pytest.mark.parametrize("text", ["", "10", "0/10", "11/10", "1/0", "-1/10", "1/10/2", "1.5/10", "a tenth"])
def test_a_share_that_does_not_exist_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f'invalid share "{text}": write PART/PARTS'):
        Share.read(text)
