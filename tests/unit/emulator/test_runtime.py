"""The emulator's Lambda: where a handler's output goes."""

import io

from local.emulator.lambda_runtime import _Split


def test_a_handler_prints_into_the_log_also_after_it_called_another() -> None:
    original, log = io.StringIO(), io.StringIO()
    split = _Split(original, log)
    with split.to_log():
        with split.to_log():
            split.write("inner ")
        split.write("outer")
    split.write("afterwards")
    assert (log.getvalue(), original.getvalue()) == ("inner outer", "afterwards")
