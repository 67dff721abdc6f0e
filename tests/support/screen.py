"""What a person sees on a terminal in the end: its output with the movements of the cursor carried out."""

import re

_CONTROL = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])")


def screen_of(written: str) -> str:
    """The lines of a terminal without bounds after everything was written, without blanks at their ends.

    It knows what a live table of rich does: colours and the visibility of the cursor change nothing, the cursor goes
    up, to the beginning of a line, and erases a line. Raises ValueError for anything else.
    """
    lines, row, column = [""], 0, 0
    position = 0
    while position < len(written):
        if (control := _CONTROL.match(written, position)) is not None:
            position = control.end()
            number, kind = control.groups()
            if kind == "A":
                row = max(0, row - int(number or 1))
            elif kind == "K" and number == "2":
                lines[row] = ""
            elif not (kind == "m" or number == "?25"):
                raise ValueError(f"unknown control sequence {control[0]!r}")
            continue
        character = written[position]
        position += 1
        if character == "\r":
            column = 0
        elif character == "\n":
            row, column = row + 1, 0
            if row == len(lines):
                lines.append("")
        elif character.isprintable():
            lines[row] = f"{lines[row].ljust(column)[:column]}{character}{lines[row][column + 1 :]}"
            column += 1
        else:
            raise ValueError(f"unknown control character {character!r}")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
