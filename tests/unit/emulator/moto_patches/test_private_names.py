"""Versions and private names that the patches of moto need: an upgrade that changes one fails here, and says which."""

import importlib
import inspect
import pkgutil
from importlib.metadata import version
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel, ShapeResolver
from moto.core import serialize

from local.emulator import moto_patches
from local.emulator.moto_patches import install, performance

PATCHES = [
    importlib.import_module(f"{moto_patches.__name__}.{found.name}")
    for found in pkgutil.iter_modules(moto_patches.__path__)
]
VERSIONS = [
    (module.__name__.rpartition(".")[2], package, wanted)
    for module in PATCHES
    if module is not install
    for package, wanted in module.FOR.items()
]

ASL = "moto.stepfunctions.parser.asl"
SERIALIZE = "moto.core.serialize"
SFN = f"{ASL}.component.state.exec.state_task.service.state_task_service_sfn"
CALL = ["self", "env", "resource_runtime_part", "normalised_parameters", "state_credentials"]
SYNC = ["self", "env", "sync_resolver"]
NAMES = [
    (f"{ASL}.jsonata.jsonata", "_eval_jsonata", None),
    (f"{ASL}.jsonata.jsonata", "JSONataException", None),
    (f"{ASL}.jsonata.jsonata", "encode_jsonata_variable_declarations", ["bindings"]),
    (f"{ASL}.eval.states", "encode_jsonata_variable_declarations", None),
    (f"{ASL}.eval.variable_store", "encode_jsonata_variable_declarations", None),
    (f"{ASL}.component.intrinsic.jsonata", "_DECLARATION_BY_VARIABLE_REFERENCE", None),
    (f"{ASL}.parse.preprocessor", "Preprocessor._query_language_per_scope", None),
    (
        f"{ASL}.component.state.wait.wait_function.wait_function",
        "WaitFunction._wait_interval",
        ["self", "env", "wait_seconds"],
    ),
    (f"{ASL}.component.common.retry.retrier_decl", "RetrierDecl._eval_body", ["self", "env"]),
    (f"{ASL}.component.common.retry.retrier_decl", "time", None),
    (
        f"{ASL}.component.state.exec.state_task.lambda_eval_utils",
        "boto_client_for",
        ["region", "service", "state_credentials"],
    ),
    (
        "moto.awslambda_simple.models",
        "LambdaSimpleBackend.invoke",
        ["self", "function_name", "qualifier", "body", "headers", "response_headers"],
    ),
    (
        f"{ASL}.component.state.exec.state_task.service.state_task_service_callback",
        "StateTaskServiceCallback._eval_wait_for_task_token",
        ["self", "env", "timeout_seconds", "callback_endpoint", "heartbeat_endpoint"],
    ),
    (SFN, "StateTaskServiceSfn._eval_sync", [*SYNC, "timeout_seconds", "callback_endpoint", "heartbeat_endpoint"]),
    (SFN, "StateTaskServiceSfn._build_sync2_resolver", CALL),
    (SFN, "StateTaskServiceSfn._build_sync_resolver", CALL),
    (SFN, "StateTaskServiceSfn._eval_service_task", CALL),
    (f"{ASL}.eval.callback.callback", "CallbackEndpoint.get_outcome", ["self"]),
    (f"{ASL}.eval.callback.callback", "CallbackEndpoint.notify", ["self", "outcome"]),
    (f"{ASL}.component.state.exec.execute_state", "ExecutionState._evaluate_with_timeout", ["self", "env"]),
    (f"{ASL}.component.state.exec.execute_state", "ExecutionState._handle_catch", ["self", "env", "failure_event"]),
    (f"{ASL}.component.state.exec.execute_state", "ExecutionState._set_next", ["self", "env"]),
    (f"{ASL}.component.program.program", "Program.eval", ["self", "env"]),
    (f"{ASL}.eval.environment", "Environment.is_running", ["self"]),
    (f"{ASL}.eval.environment", "Environment.set_stop", None),
    (f"{ASL}.eval.environment", "Environment.set_error", ["self", "error"]),
    ("moto.stepfunctions.parser.backend.execution_worker", "ExecutionWorker.start", ["self"]),
    ("moto.stepfunctions.parser.backend.execution_worker", "ExecutionWorker._execution_logic", ["self"]),
    ("moto.stepfunctions.parser.models", "StepFunctionsParserBackend._get_executions", None),
    ("moto.stepfunctions.responses", "StepFunctionResponse.send_task_failure", ["self"]),
    (f"{ASL}.eval.callback.callback", "CallbackOutcomeTimedOut.__init__", ["self", "callback_id"]),
    ("moto.core.config", "default_user_config", None),
    ("moto.dynamodb.responses", "DynamoHandler.call_action", ["self"]),
    (f"{ASL}.parse.asl_parser", "AmazonStateLanguageParser.parse", ["definition"]),
    ("moto.stepfunctions.parser.models", "stepfunctions_parser_backends", None),
    ("moto.stepfunctions.parser.models", "StepFunctionsParserBackend.describe_execution", ["self", "execution_arn"]),
    ("moto.stepfunctions.parser.backend.execution", "Execution.status", None),
    (SERIALIZE, "JSONSerializer._serialize_type_structure", ["self", "serialized", "value", "shape", "key"]),
    (SERIALIZE, "JSONSerializer._serialize_structure_member", ["self", "serialized", "value", "shape", "key"]),
    (SERIALIZE, "JSONSerializer._default_serialize", ["self", "serialized", "value", "shape", "key"]),
    (SERIALIZE, "XFormedAttributePicker.get_possible_keys", ["self", "context"]),
    ("jsonata.jsonata", "Jsonata.assign", ["self", "name", "value"]),
    ("jsonata.utils", "Utils.NULL_VALUE", None),
    ("jsonata.utils", "Utils.JList", None),
    ("jsonata.utils", "Utils.convert_number", ["n"]),
    ("moto.events.models", "EventPattern.load", ["raw_pattern"]),
    ("moto.events.models", "EventPattern.matches_event", ["self", "event"]),
]


@pytest.mark.parametrize(("patch", "package", "wanted"), VERSIONS)
def test_a_patch_is_for_the_version_that_is_installed(patch: str, package: str, wanted: str) -> None:
    assert version(package) == wanted, f"read {patch}.py anew, and its test, before you change its FOR"


@pytest.mark.parametrize(("module", "name", "parameters"), NAMES, ids=[name for _, name, _ in NAMES])
def test_a_private_name_is_there_with_its_parameters(module: str, name: str, parameters: list[str] | None) -> None:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        assert hasattr(found, part), f"{module} has no {name} any more"
        found = getattr(found, part)
    if parameters is not None:
        assert list(inspect.signature(found).parameters) == parameters


def test_the_retrier_still_sleeps_through_its_module_time() -> None:
    retrier = importlib.import_module(f"{ASL}.component.common.retry.retrier_decl")
    assert "time.sleep(" in inspect.getsource(retrier)


def test_wait_states_still_go_through_the_patched_method() -> None:
    wait = importlib.import_module(f"{ASL}.component.state.wait.wait_function.wait_function")
    assert "self._wait_interval(" in inspect.getsource(wait.WaitFunction._eval_body)


def test_what_is_serialized_of_a_structure_is_what_moto_serializes() -> None:
    members = {"K": {"shape": "Text"}, "N": {"shape": "Number"}, "Absent": {"shape": "Text"}, "In": {"shape": "Outer"}}
    shapes = {
        "Outer": {"type": "structure", "members": members},
        "Text": {"type": "string"},
        "Number": {"type": "integer"},
    }
    shape = ShapeResolver(shapes).get_shape_by_name("Outer")
    operation = OperationModel({}, ServiceModel({"metadata": {"protocol": "json"}}, "any"), "Any")
    value = {"k": "by moto's other name", "N": 0, "In": {"K": None, "n": 2, "In": {}}, "Unknown": 1}
    theirs, ours, key = {}, {}, ""
    serializer = serialize.JSONSerializer(operation, value_picker=serialize.XFormedAttributePicker())
    serialize.BaseJSONSerializer._serialize_type_structure(serializer, theirs, value, shape, key)
    performance._serialize(serializer, ours, value, shape, key)
    assert ours == theirs == {"K": "by moto's other name", "N": 0, "In": {"N": 2, "In": {}}}
