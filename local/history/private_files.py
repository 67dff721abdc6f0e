"""Files that only their owner may read: requests and answers to prompts are nobody else's business.

Folders get the mode 0700, files 0600, whatever the umask says and whatever mode they had.
"""

import os
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def make_folder(folder: Path, below: Path) -> None:
    """Make a folder, and those between it and ``below``, private; ``below`` itself only if it does not exist yet.

    Raises OSError.
    """
    if not below.exists():
        below.mkdir(FOLDER, parents=True, exist_ok=True)
    for each in [*reversed([parent for parent in folder.parents if below in parent.parents]), folder]:
        each.mkdir(FOLDER, exist_ok=True)
        if each.stat().st_mode & 0o777 != FOLDER:
            each.chmod(FOLDER)


def write(path: Path, text: str) -> None:
    """Write the whole file, or none of it: a reader sees the file before, or the one after. Raises OSError."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    file = _opened(beside, os.O_WRONLY | os.O_TRUNC)
    try:
        _write_all(file, text.encode("utf-8", "replace"))
    finally:
        os.close(file)
    beside.replace(path)


def append_line(path: Path, line: str) -> None:
    """Append a line, after a line break if a crash or a full disk cut the line before. Raises OSError."""
    file = _opened(path, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(file).st_size
        is_cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        _write_all(file, (("\n" if is_cut else "") + f"{line}\n").encode("utf-8", "replace"))
    finally:
        os.close(file)


def touch(path: Path) -> int:
    """The descriptor of a file that is made if it does not exist; the caller closes it. Raises OSError."""
    return _opened(path, os.O_WRONLY)


def _opened(path: Path, how: int) -> int:
    file = os.open(path, how | os.O_CREAT, FILE)
    if os.fstat(file).st_mode & 0o777 != FILE:
        os.fchmod(file, FILE)
    return file


def _write_all(file: int, content: bytes) -> None:
    """A disk that is almost full takes a part; the next call says that it is full."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]
