"""The entry of ``datamart``: Ctrl-C ends the process without a stack trace while Python still imports the commands."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not if nohup or a script made it ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Run the command line; it handles signals itself from here on (:mod:`local.signals`)."""
    from local.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
