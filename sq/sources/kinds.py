"""What a file really is, told from its first bytes, whatever its name says."""

from __future__ import annotations

import enum
import zipfile
from pathlib import Path

from sq.errors import SourceError
from sq.language import N_, Message
from sq.sources.failures import damaged, protected

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP = b"\x1f\x8b"
ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
HEAD = 4096
SAVE_AS = Message("Save it as .xlsx, CSV or Parquet in the program it comes from.")
TEXT_ENDINGS = {".csv", ".txt", ".tsv", ".gz"}


class Kind(enum.Enum):
    """The three kinds of files that are read."""

    WORKBOOK = "xlsx"
    TEXT = "csv"
    PARQUET = "parquet"


# first bytes → what a person calls it
FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("a PDF document")),
    (b"{\\rtf", N_("an RTF document")),
    (b"\x89PNG", N_("an image")),
    (b"\xff\xd8\xff", N_("an image")),
    (b"GIF8", N_("an image")),
    (b"SQLite format 3", N_("a database")),
    (b"Rar!", N_("an archive")),
    (b"7z\xbc\xaf", N_("an archive")),
    (b"BZh91AY", N_("an archive")),
    (b"\xfd7zXZ", N_("an archive")),
    (b"\x28\xb5\x2f\xfd", N_("an archive")),
    (b"MZ\x90\0", N_("a program")),
    (b"\x7fELF", N_("a program")),
    (b"$FL2@(#)", N_("an SPSS file (.sav)")),
    (b'{"', N_("a JSON file")),
    (b"[{", N_("a JSON file")),
    (b"ARROW1", N_("an Arrow file")),
    (b"\x09\x00\x04\x00", N_("an old binary Office file (.xls)")),
)


def kind_of(path: Path, name: str) -> Kind:
    """How to read a file.

    Raises:
        SourceError: missing, empty, or something else than its name says (then it says what it is).
    """
    head = _head(path, name)
    if not head:
        raise SourceError(Message("{file} is empty.", {"file": name}), Message("Check that the right file was saved."))
    if head.startswith(OLE):
        raise _ole(path, name)
    refuse_foreign(head, name)
    ending = path.suffix.lower()
    if head.startswith(b"PAR1") and (ending == ".parquet" or b"\0" in head or not head.isascii()):
        return Kind.PARQUET  # a heading may begin so too
    if head.startswith(ZIP):
        return _zip_kind(path, name)
    if head.startswith(GZIP):
        return Kind.TEXT
    if ending in TEXT_ENDINGS:
        return Kind.TEXT
    if ending in {".xlsx", ".xlsm", ".parquet"}:
        raise damaged(name)
    raise _foreign(name, N_("a type that is not known"))


def refuse_foreign(head: bytes, name: str) -> None:
    """Refuse what begins like a type that is not read.

    Raises:
        SourceError: it says which.
    """
    foreign = next((what for mark, what in FOREIGN if head.startswith(mark)), None) or _markup(head)
    if foreign is None and head[257:262] == b"ustar":
        foreign = N_("an archive")
    if foreign is not None:
        raise _foreign(name, foreign)


def _head(path: Path, name: str) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a folder; reading a pipe or a device would never end
            raise OSError(name)
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise SourceError(
            Message("{file} cannot be opened.", {"file": name}), Message("Check that it exists and can be read.")
        ) from error


def _ole(path: Path, name: str) -> SourceError:
    """An OLE container is an encrypted workbook or one of the old binary formats."""
    with path.open("rb") as file:
        data = file.read(1 << 20)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return protected(name)
    return _foreign(name, N_("an old binary Office file (.xls)"))


def _markup(head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<head")):
        return N_("a web page (HTML)")
    if text.startswith(b"<?xml"):
        return N_("an XML file")
    return None


def _zip_kind(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            mime = package.read("mimetype")[:100] if "mimetype" in names else b""
    except Exception as error:  # a damaged archive fails in many ways
        raise damaged(name) from error
    if "xl/workbook.xml" in names:
        return Kind.WORKBOOK
    if b"opendocument" in mime:
        raise _foreign(name, N_("an OpenDocument file (.ods)"))
    if "xl/workbook.bin" in names:
        raise _foreign(name, N_("a binary workbook (.xlsb)"))
    if "word/document.xml" in names:
        raise _foreign(name, N_("a Word document"))
    raise _foreign(name, N_("an archive"))


def _foreign(name: str, what: str) -> SourceError:
    return SourceError(Message("{file} is {what}.", {"file": name, "what": Message(what)}), SAVE_AS)
