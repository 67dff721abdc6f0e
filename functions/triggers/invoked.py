"""Where and by which alias the starter was invoked; AWS sets it, so no sender can choose it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invoked:
    """The parts of the ARN by which the starter was invoked; ``alias`` is empty without one."""

    partition: str
    region: str
    account: str
    alias: str

    @classmethod
    def by(cls, invoked_function_arn: str) -> "Invoked":
        """Read the ARN ``arn:<partition>:lambda:<region>:<account>:function:<name>[:<alias>]``."""
        _, partition, _, region, account, _, _, *alias = invoked_function_arn.split(":")
        return cls(partition, region, account, alias[0] if alias else "")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the same account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
