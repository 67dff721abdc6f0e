"""What a job's file says of uploads and of loads that are expected, and what would never do what it seems to say."""

from pathlib import Path
from typing import Any

import pytest

from infra.settings import BadConfiguration
from tests.infra.test_jobs import OUTSIDE, REQUEST, UPLOAD, job, read

SEVERAL = OUTSIDE | {"datamarts": ["City", "Sales"]}


def test_an_expected_load_among_several_datamarts_must_say_which(tmp_path: Path) -> None:
    request = {"timeoutMinutes": 60}
    with pytest.raises(
        BadConfiguration, match=r'expectBy: acceptRequests lists several datamarts.* Name that one as "d'
    ):
        read(tmp_path, job(UPLOAD, request=request, acceptRequests=SEVERAL, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request | {"datamart": "City"}, acceptRequests=SEVERAL, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request, acceptRequests=OUTSIDE, expectBy="06:00"))
    read(tmp_path, job(UPLOAD, request=request, acceptRequests=SEVERAL))


@pytest.mark.parametrize("size", [0, -1, "1", 1.5, True, 50 * 2**40 + 1])
def test_a_least_size_is_a_number_of_bytes_that_an_object_may_have(tmp_path: Path, size: Any) -> None:
    with pytest.raises(BadConfiguration, match=r"triggers\[0\]\.s3\.minBytes: must be"):
        read(tmp_path, job({"s3": {"minBytes": size}}))


@pytest.mark.parametrize("suffix", ["/", "in/", "_$folder$"])
def test_a_suffix_that_only_folders_have_is_refused(tmp_path: Path, suffix: str) -> None:
    for trigger in ({"s3": {"suffix": suffix}}, {"sns": {"objects": {"bucket": "landing", "suffix": suffix}}}):
        with pytest.raises(BadConfiguration, match=r"suffix: keys that end with .* are folders"):
            read(tmp_path, job(trigger, request=REQUEST))
