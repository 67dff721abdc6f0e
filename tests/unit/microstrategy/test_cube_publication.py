"""How far a publication is, from the cube's bits, the job monitor and the time of its data (API.md 12.1)."""

import itertools

import pytest

from functions.microstrategy.cube_publication import START_SECONDS, Publication, publication
from functions.microstrategy.models import CubeStatus
from functions.microstrategy.status import COMPLETED, ENDED, GONE
from functions.runs.polling import seconds_until_next_look

NONE, READY = CubeStatus(0), CubeStatus.ACTIVE | CubeStatus.LOADED | CubeStatus.READY
AT_WORK, AGAIN = CubeStatus.PROCESSING, READY | CubeStatus.PROCESSING
RUNNING, PUBLISHED = Publication.RUNNING, Publication.PUBLISHED


@pytest.mark.parametrize(
    ("status", "job", "is_renewed", "has_begun", "found"),
    [
        # seen by the job monitor
        (READY, "executing", None, True, RUNNING),
        (NONE, "waiting", None, False, RUNNING),
        (READY, COMPLETED, None, True, PUBLISHED),
        (READY, COMPLETED, False, True, PUBLISHED),
        (READY, GONE, None, False, PUBLISHED),
        (READY, GONE, True, False, PUBLISHED),
        (READY, GONE, False, True, Publication.NOT_RENEWED),
        (READY, "error", True, True, Publication.JOB_FAILED),
        (READY, "stopped", None, True, Publication.JOB_FAILED),
        (NONE, COMPLETED, None, True, Publication.NOT_READY),
        (NONE, GONE, None, False, Publication.NOT_READY),
        # seen by the bits alone
        (AT_WORK, None, None, True, RUNNING),
        (AGAIN, GONE, True, True, RUNNING),
        (NONE, None, None, False, RUNNING),
        (NONE, None, None, True, Publication.NOT_READY),
        (READY, None, None, False, RUNNING),
        (READY, None, None, True, PUBLISHED),
        (READY, None, True, False, PUBLISHED),
        (READY, None, False, True, RUNNING),
        (NONE, None, True, True, Publication.NOT_READY),
    ],
)
def test_a_publication_is_over_when_everything_says_so(
    status: CubeStatus, job: str | None, is_renewed: bool | None, has_begun: bool, found: Publication
) -> None:
    assert publication(status, job, is_renewed, has_begun) is found


EVERY = list(
    itertools.product(
        (NONE, CubeStatus.LOADED, READY, AT_WORK, AGAIN), (None, "executing", *sorted(ENDED)), (None, False, True)
    )
)


@pytest.mark.parametrize("has_begun", [False, True])
def test_no_cube_counts_as_published_that_is_not_ready_or_still_at_work(has_begun: bool) -> None:
    for status, job, is_renewed in EVERY:
        if publication(status, job, is_renewed, has_begun) is PUBLISHED:
            assert CubeStatus.READY in status
            assert CubeStatus.PROCESSING not in status
            assert job in (None, COMPLETED, GONE)


def test_a_publication_that_has_ended_has_failed_unless_the_cube_is_published() -> None:
    assert [one for one in Publication if not one.has_ended] == [RUNNING]
    assert [one for one in Publication if one.has_failed] == [
        one for one in Publication if one not in (RUNNING, PUBLISHED)
    ]


def test_a_server_that_may_not_be_watched_has_several_looks_time_to_begin() -> None:
    assert 10 * seconds_until_next_look(0.0, 0, (), remaining=3_600) < START_SECONDS
