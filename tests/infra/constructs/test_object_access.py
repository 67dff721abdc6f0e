"""What functions may read in S3, however many prefixes the jobs have."""

from typing import Any

import pytest

from infra.build.quotas import over_quota
from tests.infra.template import Template, listed


def readable(full_stage: Template, module: str = "start_run") -> list[str]:
    """The ARNs of objects that a function may read, as ``<bucket>/<prefix>*``; the stack's own bucket is "own"."""
    role = full_stage.roles_of_functions()[module]
    arns = [
        "".join("own" if "Inbox" in str(part) else str(part) for part in arn["Fn::Join"][1])
        for statement in full_stage.statements(role)
        if {"s3:GetObject", "s3:GetObjectVersion"} == set(listed(statement["Action"]))
        for arn in listed(statement["Resource"])
    ]
    return sorted(arn.rpartition(":")[2] for arn in arns)


def test_a_hundred_prefixes_of_requests_are_in_several_policies_and_each_may_be_read(
    full_stage: Template, full_jobs: dict[str, Any]
) -> None:
    uploads = [job["triggers"][0]["s3"] for job in full_jobs.values() if job["acceptRequests"] is not None]
    told = [objects for job in full_jobs.values() for objects in job["objects"]]
    assert (len(uploads), len(told)) == (100, 5)
    assert full_stage.resources("AWS::IAM::ManagedPolicy"), "they fit into one policy, so this test shows nothing"
    assert readable(full_stage) == sorted(f"{each.get('bucket', 'own')}/{each['prefix']}*" for each in uploads + told)
    assert over_quota(full_stage.content) == []


def test_uploaded_requests_are_read_by_the_starter_and_uploaded_batches_by_their_first_step(template: Template) -> None:
    assert "own/requests/*" in readable(template)
    assert "own/batches/*" not in readable(template)
    assert readable(template, "prepare_batch") == ["own/batches/*"]


@pytest.mark.parametrize(
    ("prefixes", "kept"),
    [
        (["in/b/", "in/", "in/a/", "in"], ["in"]),
        (["in/a", "in/", "in-b/", "in/c/d/"], ["in-b/", "in/"]),
        (["a/", "b/", "a/"], ["a/", "b/"]),
        (["a/", "", "b/"], [""]),
        ([], []),
    ],
)
def test_a_prefix_that_begins_with_another_one_takes_no_room(prefixes: list[str], kept: list[str]) -> None:
    from infra.constructs.triggers.object_access import shortest  # only here: to import it starts the CDK's engine

    assert shortest(prefixes) == kept
