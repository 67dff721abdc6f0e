"""Whether AWS would let a service or a role invoke a function, by the template's own permissions and policies."""

import contextlib
import itertools
from fnmatch import fnmatchcase
from typing import Any

from local.emulator.template import Template


def service_may_invoke(template: Template, function_arn: str, service: str, source: Any) -> bool:
    """Whether a permission of the function (or alias) allows the service to invoke it on behalf of ``source``.

    ``source`` is an ARN, or the reference to a resource that the emulator does not make, such as a rule.
    """
    for permission in template.resources("AWS::Lambda::Permission").values():
        if template.resolve(permission["FunctionName"]) != function_arn:
            continue
        if template.resolve(permission["Principal"]) == service and _is_source(template, permission, source):
            return True
    return False


def role_may_invoke(template: Template, role_arn: Any, function_arn: str) -> bool:
    """Whether the policies of a role (a reference to its ARN) allow it to invoke the function or alias."""
    role = {"Ref": role_arn["Fn::GetAtt"][0]}
    policies = [template.resources(kind).values() for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")]
    for policy in itertools.chain(*policies):
        if role not in policy.get("Roles", []):
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            invokes = statement["Effect"] == "Allow" and statement["Action"] == "lambda:InvokeFunction"
            if invokes and function_arn in _listed(statement["Resource"], template):
                return True
    return False


def _listed(resources: Any, template: Template) -> list[Any]:
    """The ARNs of a statement, but for those of what the emulator does not make."""
    found = []
    for resource in resources if isinstance(resources, list) else [resources]:
        with contextlib.suppress(KeyError):
            found.append(template.resolve(resource))
    return found


def _is_source(template: Template, permission: dict[str, Any], source: Any) -> bool:
    allowed = permission["SourceArn"]
    if isinstance(source, str):
        return fnmatchcase(source, str(template.resolve(allowed)))
    return bool(allowed == source)
