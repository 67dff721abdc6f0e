"""Puts a cron expression into words: "every day at 05:00"."""

from cron_descriptor import ExpressionDescriptor, FormatError, Options


def cron_words(text: str) -> str:
    """A valid cron(…) in words; unchanged where no words are known for it."""
    minutes, hours, month_day, month, weekday, year = text.removeprefix("cron(").removesuffix(")").split()
    options = Options()
    options.use_24hour_time_format = True
    options.verbose = True
    options.day_of_week_start_index_zero = False
    # The library reads Quartz's dialect: seconds first, and no L alone for Saturday.
    weekday = "7" if weekday == "L" else weekday
    quartz = f"0 {minutes} {hours} {month_day} {month} {weekday} {year}"
    try:
        described: str = ExpressionDescriptor(quartz, options).get_description()
    except FormatError:
        return text
    words = described[0].lower() + described[1:]
    return f"every day {words.removesuffix(', every day')}" if words.endswith(", every day") else words
