"""A slice of the campaign for every `make test`: one case or two of each class, always the same ones."""

from tests.faults.faults import Case

_SLICE = (
    ("unprompted", "execute#1", "refused", "connection"),
    ("prompted", "execute#1", "reset-after", "connection"),
    ("prompted", "log_in#1", "stall", "connection"),
    ("prompted", "create_instance#1", "answer-twice", "connection"),
    ("prompted", "get_prompts#1", "truncated", "body"),
    ("nested", "get_execution#2", "gzip-garbage", "body"),
    ("saveAs", "save_as#1", "page", "body"),
    ("prompted", "get_execution#1", "cookies-changed", "cookies"),
    ("unprompted", "get_execution#1", "cookies-dropped", "cookies"),
    ("unprompted", "execute#1", "503-html", "status"),
    ("prompted", "answer_prompts#1", "503-json", "status"),
    ("saveAs", "save_as#1", "409-json", "status"),
    ("prompted", "log_in#1", "502-html-after", "late status"),
    ("unprompted", "delete_instance#1", "503-html-for-ever", "for ever"),
    ("saveAs", "lambda:execute_datamart#1", "timeout-after", "function"),
    ("saveAs", "lambda:create_instance#1", "late", "function"),
    ("saveAs", "lambda:log_out#1", "raises-before-for-ever", "function for ever"),
    ("saveAs", "dynamodb:execute_datamart#2", "throttled", "throttling"),
    ("saveAs", "secretsmanager:log_in#1", "throttled-for-ever", "throttling for ever"),
    ("prompted", "state:WaitForStatus#1", "stop", "stop at a state"),
    ("prompted", "execute#1", "behind-before", "stop inside"),
    ("prompted", "log_in#1", "behind-after", "stop inside"),
)

SLICE = [Case(*given) for given in _SLICE[::2]]
