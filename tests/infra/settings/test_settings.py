"""A stage's settings: what a platform team may write, and the sentence that answers what it may not."""

from pathlib import Path

import pytest

from infra.settings.settings import FOLDER, BadConfiguration, OpenLineage, Settings, Vpc, settings_of


def read(folder: Path, toml: str, stage: str = "dev") -> Settings:
    (folder / "settings").mkdir(exist_ok=True)
    (folder / "settings" / f"{stage}.toml").write_text(toml, "utf-8")
    return settings_of(stage, folder / "settings")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_the_files_that_are_shipped_are_valid(path: Path) -> None:
    assert settings_of(path.stem).stage == path.stem


def test_every_key_may_be_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Settings(stage="dev")


def test_every_key_is_read(tmp_path: Path) -> None:
    toml = """
        connections = ["default", "second"]
        jobs = ["city-nightly"]
        notify = ["bi@example.com"]
        notifyOn = ["failure", "success"]
        queueAlarmMinutes = 45
        dashboard = false
        logRetentionDays = 30
        showAnswers = false
        customerManagedKey = true
        permissionsBoundary = "arn:aws:iam::123456789012:policy/Boundary"
        askTo = ["analyst@example.com"]
        chat = true
        [openLineage]
        url = "https://lineage.example.com/api/v1/lineage"
        [openLineage.namespaces]
        "Sales DWH" = "postgres://dwh:5432"
        [maxConcurrentRuns]
        second = 3
        [reservedConcurrency]
        log_in = 5
        [vpc]
        subnets = ["subnet-0123456789abcdef0"]
        securityGroups = ["sg-0123456789abcdef0"]
        [tags]
        application = "datamart-runner"
    """
    assert read(tmp_path, toml) == Settings(
        stage="dev",
        connections=("default", "second"),
        jobs=("city-nightly",),
        notify=("bi@example.com",),
        notify_on=("failure", "success"),
        ask_to=("analyst@example.com",),
        chat=True,
        open_lineage=OpenLineage(
            "https://lineage.example.com/api/v1/lineage",
            "Authorization",
            "datamart-runner-dev/openlineage",
            {"Sales DWH": "postgres://dwh:5432"},
        ),
        max_concurrent_runs={"second": 3},
        queue_alarm_minutes=45,
        dashboard=False,
        log_retention_days=30,
        show_answers=False,
        reserved_concurrency={"log_in": 5},
        customer_managed_key=True,
        permissions_boundary="arn:aws:iam::123456789012:policy/Boundary",
        vpc=Vpc(("subnet-0123456789abcdef0",), ("sg-0123456789abcdef0",)),
        tags={"application": "datamart-runner"},
    )


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("connections = [", r"is not TOML \("),
        ("connections = ['a']\nconnections = ['b']", r"is not TOML \("),
        ("conections = ['a']", r"conections: unknown key \(did you mean connections\?\)"),
        ("[vpn]\nsubnets = []", r"vpn: unknown key .*mean vpc\?"),
        ("connections = []", "connections: is empty"),
        ("connections = 'default'", r'connections: must be a list \[…\], not the string "default"'),
        ("connections = ['a', 'a']", "connections: has an entry twice"),
        ("connections = ['my_server']", r'connections\[0\]: "my_server" is not the name of a connection'),
        ("connections = ['arn:aws:x']", r"connections\[0\]: .* is not the name of a connection"),
        ("connections = [1]", r"connections\[0\]: must be a string, not 1"),
        ("jobs = ['a', 'a']", "jobs: has an entry twice"),
        ("jobs = [1]", r"jobs\[0\]: must be a string"),
        ("notify = ['bi.example.com']", r'notify\[0\]: "bi.example.com" is not an e-mail address'),
        ("notify = ['a@b.c', 'a@b.c']", "notify: has an entry twice"),
        ("notifyOn = ['recovery']", 'notifyOn: "failure" is missing: people must learn'),
        ("notifyOn = ['failure', 'loads']", r"notifyOn\[1\]: must be one of failure, recovery, success"),
        ("logRetentionDays = 42", "logRetentionDays: must be one of 1, 3, .*, not 42"),
        ("logRetentionDays = '30'", "logRetentionDays: must be a whole number"),
        ("logRetentionDays = 2026-11-24", "logRetentionDays: must be a whole number"),
        (
            "[reservedConcurrency]\nlogin = 5",
            r'reservedConcurrency: unknown function "login" \(did you mean',
        ),
        (
            "[maxConcurrentRuns]\ndefalt = 2",
            r'maxConcurrentRuns: unknown connection "defalt" \(did you mean',
        ),
        ("[reservedConcurrency]\nlog_in = 0", r"reservedConcurrency\.log_in: must be at least 1"),
        ("[reservedConcurrency]\nlog_in = 'five'", r"reservedConcurrency\.log_in: must be a whole number"),
        ("customerManagedKey = 'yes'", "customerManagedKey: must be"),
        ("permissionsBoundary = 'Boundary'", 'permissionsBoundary: "Boundary" is not the ARN of an IAM policy'),
        ("[vpc]\nsubnets = ['subnet-1']", "vpc.securityGroups: is missing; it is the IDs of security groups"),
        ("[vpc]\nsubnets = []\nsecurityGroups = ['sg-1']", "vpc.subnets: is empty"),
        ("[vpc]\nsubnets = ['vpc-1']\nsecurityGroups = ['sg-1']", r"vpc\.subnets\[0\]: .* is not the id of a subnet"),
        ("[vpc]\nsubnets = ['subnet-1']\nsecurityGroups = ['x']", r"vpc\.securityGroups\[0\]: .* of a security group"),
        (
            "[vpc]\nsubnet = ['subnet-1']\nsecurityGroups = ['sg-1']",
            r"vpc\.subnet: unknown key .*mean subnets\?",
        ),
        ("chat = 'slack'", "chat: must be"),
        ("openLineage = 'https://x'", "openLineage: must be"),
        ("[openLineage]\nurll = 'https://x'", r"openLineage\.urll: unknown key .*mean url\?"),
        ("[openLineage]", "openLineage.url: is missing"),
        ("[openLineage]\nurl = 'http://x'", 'openLineage.url: "http://x" is not an https address'),
        ("[openLineage]\nurl = 'https://me:secret@x'", "openLineage.url: .* without a user or a query"),
        ("[openLineage]\nurl = 'https://x?key=secret'", "openLineage.url: .* without a user or a query"),
        (
            "[openLineage]\nurl = 'https://x'\nheader = 'a b'",
            "openLineage.header: .* is not the name of an HTTP",
        ),
        ("[openLineage]\nurl = 'https://x'\nsecret = 'a b'", "openLineage.secret: .* is not the name of a secret"),
        ("[openLineage]\nurl = 'https://x'\nnamespaces = {DWH = ''}", r"openLineage\.namespaces\.DWH: "),
        ("[tags]\napplication = 1", r"tags\.application: must be a string, not 1"),
    ],
)
def test_a_wrong_file_is_answered_with_the_file_the_key_and_the_reason(tmp_path: Path, toml: str, reason: str) -> None:
    with pytest.raises(BadConfiguration, match=f"^infra/settings/dev.toml: {reason}"):
        read(tmp_path, toml)


def test_a_file_that_is_not_text_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_bytes("notify = []".encode("utf-16"))
    with pytest.raises(BadConfiguration, match=r"/dev\.toml: is not TOML"):
        settings_of("dev", tmp_path)


def test_a_stage_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(
        BadConfiguration, match=r'unknown stage "prd" \(did you mean prod\?\)\. Stages of .*: dev, prod\.'
    ):
        settings_of("prd")


@pytest.mark.parametrize("stage", ["", "Dev", "a b", "../dev", "dev.toml", "1st", "x" * 21, "dev\n"])
def test_a_stage_name_that_cannot_be_one_is_refused(stage: str) -> None:
    with pytest.raises(BadConfiguration, match=r"invalid stage name .*: use at most 20"):
        settings_of(stage)
