"""Files to take away are written whole or not at all; no text in them can run as a formula."""

from __future__ import annotations

import errno
import os
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sq.errors import ExportError
from sq.language import N_, Message
from sq.places import plain_name

# Full-width signs, too: an Excel that speaks Chinese or Japanese may take them for the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NO_TEXT = "\ufffe\uffff"
LONGEST_CELL = 32_000  # Excel holds 32,767 characters
# Cells written as text never run as formulas or links.
BOOK_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def starts_like_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula (OWASP, CSV injection)."""
    return text.startswith(FORMULA_STARTS)


def clean(text: str) -> str:
    """A text without the characters that XML does not know."""
    return "".join(c for c in text if c in "\t\n\r" or not (unicodedata.category(c) in ("Cc", "Cs") or c in NO_TEXT))


def write_whole(path: Path, content: bytes, force: bool = True) -> Path:
    """Write a file in one step: the old content, or all of the new one. Makes the folder.

    Raises ExportError: no such place, no permission, no room, or a file there already where ``force`` is False.
    """
    return write_all({path: content}, force)[0]


def write_all(files: dict[Path, bytes], force: bool = True) -> list[Path]:
    """Write several files: first all beside their places, then all into place; none of them half."""
    waiting: list[tuple[Path, Path]] = []
    at = next(iter(files), Path())
    try:
        for at, content in files.items():
            if at.is_dir() or (at.exists() and not force):
                raise _in_the_way(at)
            waiting.append((_beside(at, content), at))
        for new, at in waiting:
            new.replace(at)
    except (OSError, ValueError) as error:
        raise _not_written(at, error) from error
    finally:
        for new, _path in waiting:
            with suppress(OSError):
                new.unlink(missing_ok=True)
    return list(files)


def _beside(path: Path, content: bytes) -> Path:
    """A new file in the same folder with this content, flushed to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".sq-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _in_the_way(path: Path) -> ExportError:
    what = Message(N_("{file} is there already."), {"file": plain_name(path)})
    return ExportError(what, Message(N_("Choose another name, or leave --keep out.")))


def _not_written(path: Path, error: Exception) -> ExportError:
    values = {"file": plain_name(path), "folder": str(path.parent)}
    code = getattr(error, "errno", None)
    if code in (errno.ENOSPC, errno.EDQUOT):
        what = Message(N_("{file} was not written: the disk is full. Nothing was changed."), values)
        return ExportError(what, Message(N_("Make room, or choose another disk, then try again.")))
    if code in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = Message(N_("{file} was not written: {folder} may not be written to."), values)
        return ExportError(what, Message(N_("Choose another folder.")))
    what = Message(N_("{file} was not written: {folder} is no folder that can be used."), values)
    return ExportError(what, Message(N_("Choose another folder.")))


def file_name(text: str, ending: str, most: int = 80) -> str:
    """A file's name from words: without the characters that file systems refuse."""
    kept = "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in text).strip(". ") or "sq"
    return f"{kept[:most].strip('. ')}{ending}"


def numbered(names: Iterable[str]) -> list[str]:
    """Names made distinct, whatever the case of their letters: a second "A" becomes "A 2"."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        told.append(name if seen[name.lower()] == 1 else f"{name} {seen[name.lower()]}")
    return told
