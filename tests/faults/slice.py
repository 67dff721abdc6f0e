"""A slice of the campaign for `make test-all`: a case of each class but one, always the same ones."""

from tests.faults.faults import Case

_SLICE = (
    ("unprompted", "execute#1", "refused", "connection"),
    ("prompted", "log_in#1", "stall", "connection"),
    ("unprompted", "create_instance#1", "break-head-value", "connection"),
    ("prompted", "get_prompts#1", "truncated", "body"),
    ("unprompted", "get_execution#1", "cookies-dropped", "cookies"),
    ("prompted", "answer_prompts#1", "503-json", "status"),
    ("unprompted+late-accept", "execute#1", "504-html-after", "late status"),
    ("unprompted", "get_execution#1", "redirect-away", "redirect"),
    ("nested", "lambda:answer_prompts#2", "timeout-after", "function"),
    ("saveAs", "lambda:log_out#1", "raises-before-for-ever", "function for ever"),
    ("saveAs", "lambda:execute_datamart#1", "not-ready-for-minutes", "not started"),
    ("saveAs", "secretsmanager:log_in#1", "throttled-for-ever", "throttling for ever"),
    ("unprompted", "dynamodb:execute_datamart#2", "answer-lost", "lost answer"),
    ("unprompted", "get_execution#1", "overtaken", "invoked again"),
    ("saveAs", "dynamodb:execute_datamart#2", "throttled", "throttling"),
    ("prompted", "state:WaitForStatus#1", "stop", "stop at a state"),
    ("unprompted", "execute#1", "behind-before", "stop inside"),
    ("following", "trigger_event#1", "reset-after", "connection"),
    ("following", "lambda:publish_cube#1", "timeout-after", "function"),
    ("following", "cube_status#1", "cookies-dropped", "cookies"),
    ("saving", "save#1", "reset-after", "connection"),
    ("queue-slot", "B.wait_in_queue#1", "timeout-after", "queue function"),
    ("queue-slot", "A.conclude_attempt:UpdateItem#4", "dies-after", "queue call"),
    ("queue-slot", "A.conclude_attempt:SendTaskSuccess#1", "TaskTimedOut", "queue hand-over"),
    ("queue-datamart", "B.WaitInQueue#1", "stop-B", "queue stop"),
    ("queue-slot", "A.GetStatus#1", "late", "queue end"),
    ("queue-slot", "A.conclude_attempt:SendTaskSuccess#1", "pause-before", "queue pause"),
    ("queue-burst", "C.wait_in_queue:SendTaskFailure#1", "lost", "queue hand-over"),
    ("queue-paused", "P.resume:SendTaskSuccess#1", "dies-before", "queue hand-over"),
    ("queue-old-slot", "B", "late", "queue end"),
    ("batch-order", "N.prepare_batch#1", "timeout-after", "batch function"),
    ("batch-order", "A.end_run:UpdateItem#3", "dies-after", "batch call"),
    ("batch-order", "C.end_run:SendTaskSuccess#1", "lost", "batch hand-over"),
    ("batch-order", "A.end_run:StartExecution#1", "stop-N-before", "batch stop"),
    ("batch-failing", "A", "behind", "batch end"),
    ("batch-order", "N.WaitForItems#1", "started-again", "batch start"),
)

SLICE = [Case(*given) for given in _SLICE]
