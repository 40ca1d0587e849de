"""One file with everything that cannot be made again: inbox, intake, snapshots and workspace; and the way back.

A backup is a zip of the files beside a manifest with their sha256; the workspace is in it as plain data, so that it
goes back into SQLite and PostgreSQL alike. Restoring checks every byte aside, then writes a journal: before it nothing
has changed, after it the next command carries on to the end. What stood there before is put aside, not deleted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sq import workspace
from sq.errors import BackupError, WorkspaceError
from sq.intake import writing
from sq.language import N_, Message, number
from sq.places import (
    current_file,
    inbox,
    intake_file,
    published,
    restoration,
    restoration_journal,
    settings_file,
    workspace_file,
)
from sq.settings import read_settings

Progress = Callable[[Message, float], None]

FORMAT = 1
MANIFEST, WORKSPACE, SETTINGS, CURRENT = "manifest.json", "workspace.json", "settings.toml", "published/CURRENT"
# The only names that a backup may hold: a path that leads elsewhere is no backup of ours.
NAMES = re.compile(
    r"inbox/[^/\\\0]{1,255}|published/(CURRENT|sq-\d{8}T\d{9}-[0-9a-f]{8}\.duckdb)"
    r"|intake\.duckdb(\.wal)?|settings\.toml|workspace\.json"
)
CHUNK = 1 << 20  # bytes
LONGEST_MANIFEST = 64 << 20  # bytes
SPARE = 64 << 20  # bytes of the disk that stay free
NOT_WRITTEN = Message(N_("The backup could not be written."))
NOT_RESTORED = Message(N_("The backup could not be restored; nothing was changed."))
BROKEN_OFF = Message(N_("The restoration was broken off."))
MAKE_ROOM = Message(N_("Check the free disk space and the rights of the data folder."))
CARRY_ON = Message(N_("Check the free disk space and the rights of the data folder; the next command carries on."))


@dataclass(frozen=True)
class Part:
    """One file of a backup; size in bytes."""

    name: str
    size: int
    sha256: str


def backup(folder: Path, file: Path, force: bool = False, progress: Progress | None = None) -> Message:
    """Write everything of a data folder into one file; say what is in it.

    Raises:
        BackupError: the file exists (and not ``force``), or cannot be written; no half file is left.
        IntakeError: an import or a publication is running.
    """
    tell = progress or (lambda words, fraction: None)
    if file.exists() and not force:
        raise BackupError(
            Message(N_("{file} exists already."), {"file": str(file)}),
            Message(N_("Choose another name, or write over it with --force.")),
        )
    if folder.resolve() in file.resolve().parents and file.resolve().parent != folder.resolve():
        raise BackupError(
            Message(N_("A backup cannot lie in a part of what it holds.")),
            Message(N_("Choose a place outside the data folder, best on another disk.")),
        )
    with writing(folder), _told(NOT_WRITTEN, MAKE_ROOM):
        parts = _write(folder, file, tell)
    return Message(N_("{file} holds {what}."), {"file": str(file), "what": _contents(parts)})


def _contents(parts: Sequence[Part]) -> Message:
    inside = [part.name for part in parts]
    values = {
        "snapshots": number(sum(name.startswith("published/sq-") for name in inside), 0),
        "files": number(sum(name.startswith("inbox/") for name in inside), 0),
        "size": number(sum(part.size for part in parts) / 2**20),
    }
    text = N_("snapshots: {snapshots}, files as received: {files}, the intake, the workspace ({size} MiB)")
    return Message(text, values)


def _write(folder: Path, file: Path, tell: Progress) -> list[Part]:
    """Write the backup aside and give it its name when it is whole and on the disk."""
    aside = file.with_name(f".{file.name}.unfinished-{secrets.token_hex(4)}")
    try:
        aside.touch(mode=0o600, exist_ok=False)  # respondents' answers are in it: for its owner's eyes only
        with aside.open("wb") as out:
            with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
                parts = list(_packed(archive, folder, tell))
                told = {"format": FORMAT, "created_at": dt.datetime.now(dt.UTC).isoformat()}
                manifest = json.dumps(told | {"files": [vars(part) for part in parts]}, ensure_ascii=False)
                archive.writestr(MANIFEST, manifest, zipfile.ZIP_DEFLATED)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    return parts


def _packed(archive: zipfile.ZipFile, folder: Path, tell: Progress) -> Iterator[Part]:
    files = _files(folder)
    total, done = sum(path.stat().st_size for path in files.values()) + 1, 0
    for name, path in files.items():
        tell(Message(N_("Writing {name}"), {"name": name}), 0.95 * done / total)
        with path.open("rb") as source:
            yield _pack(archive, name, source, zipfile.ZIP_STORED)  # stored: these files are compressed already
        done += path.stat().st_size
    tell(Message(N_("Writing the workspace")), 0.96)
    for name, text in _written(folder).items():
        yield _pack(archive, name, text, zipfile.ZIP_DEFLATED)


def _files(folder: Path) -> dict[str, Path]:
    """Name in the backup → file: what lies there now; CURRENT last."""
    intake = [intake_file(folder), intake_file(folder).with_name("intake.duckdb.wal")]
    received = sorted(p for p in inbox(folder).glob("*") if p.is_file()) if inbox(folder).is_dir() else []
    snapshots = sorted(published(folder).glob("sq-*.duckdb"))
    named = {f"inbox/{p.name}": p for p in received} | {p.name: p for p in intake}
    named |= {f"published/{p.name}": p for p in [*snapshots, current_file(folder)]}
    return {name: path for name, path in named.items() if path.is_file() and NAMES.fullmatch(name)}


def _written(folder: Path) -> dict[str, IO[bytes]]:
    """What a backup holds beside files: the workspace, and the settings that protect people.

    The address of a database stays here: a backup tried out elsewhere must not reach it.
    """
    dumped = json.dumps(workspace.dump(folder), ensure_ascii=False)
    texts = {WORKSPACE: dumped}
    if settings_file(folder).exists():
        texts[SETTINGS] = f"[anonymity]\nminimum_group = {read_settings(folder).anonymity.minimum_group}\n"
    return {name: io.BytesIO(text.encode()) for name, text in texts.items()}


def _pack(archive: zipfile.ZipFile, name: str, source: IO[bytes], method: int) -> Part:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name, dt.datetime.now(dt.UTC).timetuple()[:6])
    entry.compress_type = method
    with archive.open(entry, "w", force_zip64=True) as out:
        for chunk in _chunks(source):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return Part(name, size, digest.hexdigest())


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def restore(folder: Path, file: Path, force: bool = False, progress: Progress | None = None) -> Message:
    """Put a backup in the place of a data folder's contents; say what was brought back and where the old ones are.

    Raises:
        BackupError: the file is no backup, damaged or of a newer version, the disk too small, or the folder has
            contents (and not ``force``); nothing was changed.
        IntakeError: an import or a publication is running.
    """
    tell = progress or (lambda words, fraction: None)
    finish(folder)
    with writing(folder):
        with _told(NOT_RESTORED, MAKE_ROOM), _opened(file) as archive:
            parts = _parts(archive)
            aside = _place_for_the_old(folder, force)
            _refuse_full_disk(folder, parts)
            try:
                _stage(archive, parts, folder, tell)
                workspace.checked_dump(_staged_workspace(folder))
                _write_journal(folder, parts, aside)
            except BaseException:
                shutil.rmtree(restoration(folder), ignore_errors=True)
                raise
        tell(Message(N_("Putting everything in its place")), 0.97)
        with _told(BROKEN_OFF, CARRY_ON):
            _load_workspace(folder, aside)
            _carry_on(folder)
    what = Message(N_("Brought back: {what}."), {"what": _contents(parts)})
    if aside is None:
        return what
    text = N_("{what} What stood there before is in {folder}; delete it when nobody needs it any more.")
    return Message(text, {"what": what, "folder": str(aside)})


def finish(folder: Path) -> None:
    """Carry a restoration that was broken off after its journal was written to its end; nothing to do without one."""
    if not restoration_journal(folder).exists():
        return
    with writing(folder), _told(BROKEN_OFF, CARRY_ON):
        if restoration_journal(folder).exists():  # nobody else has finished it in between
            aside = _journal(folder)[1]
            _load_workspace(folder, aside)
            _carry_on(folder)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BackupError(Message(N_("There is no file {file}."), {"file": str(file)})) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _damaged() from error


def _damaged() -> BackupError:
    return BackupError(
        Message(N_("This file is no whole backup of sq; nothing was changed.")),
        Message(N_("Copy it again, or take another backup.")),
    )


def _parts(archive: zipfile.ZipFile) -> list[Part]:
    """The files of a backup as its manifest names them; the zip must hold these and nothing else."""
    try:
        if archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
            raise _damaged()
        told = json.loads(archive.read(MANIFEST))
        newer = told["format"] > FORMAT
        parts = [Part(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in told["files"]]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged() from error
    if newer:
        raise BackupError(
            Message(N_("This backup was written by a newer version of sq.")),
            Message(N_("Install that version, then restore again.")),
        )
    sizes = {part.name: part.size for part in parts}
    inside = {entry.filename: entry.file_size for entry in archive.infolist() if entry.filename != MANIFEST}
    if sizes != inside or len(parts) != len(archive.infolist()) - 1 or WORKSPACE not in sizes:
        raise _damaged()
    if not all(map(NAMES.fullmatch, sizes)):
        raise _damaged()
    return parts


def _place_for_the_old(folder: Path, force: bool) -> Path | None:
    """Where the folder's contents go; None where it is empty."""
    is_written = workspace_file(folder).exists() if workspace.is_file(folder) else workspace.is_used(folder)
    if not _files(folder) and not is_written:
        return None
    if not force:
        raise BackupError(
            Message(N_("The data folder {folder} is not empty; nothing was changed."), {"folder": str(folder)}),
            Message(N_("Restore into an empty folder (SQ_DATA=...), or put its contents aside with --force.")),
        )
    return folder / f"before-restore-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _refuse_full_disk(folder: Path, parts: Sequence[Part]) -> None:
    needed = sum(part.size for part in parts) + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        values = {"needed": number(needed / 2**20, 0), "free": number(free / 2**20, 0)}
        raise BackupError(
            Message(N_("The backup needs {needed} MiB, {free} MiB are free; nothing was changed."), values),
            Message(N_("Make room, then restore again.")),
        )


def _stage(archive: zipfile.ZipFile, parts: Sequence[Part], folder: Path, tell: Progress) -> None:
    """Unpack everything aside, on the same disk, and compare it with the manifest."""
    stage = restoration(folder)
    shutil.rmtree(stage, ignore_errors=True)
    total, done = sum(part.size for part in parts) + 1, 0
    for part in parts:
        tell(Message(N_("Checking {name}"), {"name": part.name}), 0.95 * done / total)
        target = stage / part.name
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with archive.open(part.name) as source, target.open("xb") as out:
            for chunk in _chunks(source):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != part.sha256:
            raise _damaged()
        done += part.size


def _load_workspace(folder: Path, aside: Path | None) -> None:
    """Put the workspace back, all or nothing; the old one aside. Nothing to do when that was done."""
    staged = restoration(folder) / WORKSPACE
    if not staged.exists():
        return
    if aside is not None:
        aside.mkdir(exist_ok=True)
        _put_workspace_aside(folder, aside)
    try:
        workspace.load(folder, _staged_workspace(folder))
    except WorkspaceError:  # its database refused: everything is as before
        if aside is not None and (aside / workspace_file(folder).name).exists():
            (aside / workspace_file(folder).name).replace(workspace_file(folder))
        shutil.rmtree(restoration(folder))
        raise
    staged.unlink()


def _staged_workspace(folder: Path) -> object:
    try:
        return json.loads((restoration(folder) / WORKSPACE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged() from error


def _put_workspace_aside(folder: Path, aside: Path) -> None:
    """A file as it is, damaged or not; of a database what it holds."""
    old, target = workspace_file(folder), aside / workspace_file(folder).name
    if workspace.is_file(folder):
        if old.exists() and not target.exists():
            old.replace(target)
    elif not (aside / WORKSPACE).exists():
        unfinished = aside / f"{WORKSPACE}.unfinished"
        unfinished.write_text(json.dumps(workspace.dump(folder), ensure_ascii=False), encoding="utf-8")
        unfinished.replace(aside / WORKSPACE)


def _write_journal(folder: Path, parts: Sequence[Part], aside: Path | None) -> None:
    """Say durably that the restoration will happen: what comes in, and where the old files go."""
    told = {"aside": aside.name if aside else "", "files": [part.name for part in parts]}
    unfinished = restoration(folder) / "unfinished"
    with unfinished.open("w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(restoration_journal(folder))


def _journal(folder: Path) -> tuple[list[str], Path | None]:
    """What comes in, and where the old files go."""
    told = json.loads(restoration_journal(folder).read_text(encoding="utf-8"))
    return list(told["files"]), folder / told["aside"] if told["aside"] else None


def _carry_on(folder: Path) -> None:
    """Move the staged files in and the old ones aside; may be broken off and begun again at any step.

    CURRENT moves after all snapshots are there, and old snapshots leave after that: a reader always finds one.
    """
    names, aside = _journal(folder)
    coming = [name for name in names if name not in {WORKSPACE, SETTINGS, CURRENT}]
    for name in [*coming, CURRENT]:
        _move_in(folder, name, aside)
    if not settings_file(folder).exists():
        _move_in(folder, SETTINGS, None)
    if aside is not None:
        for name, path in _files(folder).items():
            if name not in names:
                _move(path, aside / name)
    restoration_journal(folder).unlink()
    shutil.rmtree(restoration(folder), ignore_errors=True)


def _move_in(folder: Path, name: str, aside: Path | None) -> None:
    staged, target = restoration(folder) / name, folder / name
    if not staged.exists():  # moved before, or not in the backup
        return
    if aside is not None and target.exists():
        _move(target, aside / name, stays=name == CURRENT)
    _move(staged, target)


def _move(path: Path, target: Path, stays: bool = False) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if stays:
        shutil.copy2(path, target)
    else:
        path.replace(target)


@contextmanager
def _told(what: Message, next_step: Message) -> Iterator[None]:
    """Turn failures of the disk into a sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BackupError(
            Message(N_("{what} Reason: {reason}."), {"what": what, "reason": reason}), next_step
        ) from error
