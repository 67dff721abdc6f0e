"""Links into the AWS console, which notifications and commands show."""

from urllib.parse import quote

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def console_link(execution_arn: str) -> str:
    """The execution in the AWS console. A name that somebody chose for an execution cannot end the link."""
    _, partition, _, region, *_ = execution_arn.split(":")
    host = CONSOLES.get(partition, CONSOLES["aws"])
    return (
        f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{quote(execution_arn, safe=':/')}"
    )
