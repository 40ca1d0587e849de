"""Starts jobs and looks after them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sq.jobs.tasks import LOG, OUTCOME, PROCESS, PROGRESS, TASK, Outcome, Progress, Task, read, write
from sq.language import N_, Message
from sq.places import APP_FOLDER, work
from sq.publish import Snapshot
from sq.publish import snapshots as published_snapshots

JOB_ID = re.compile(r"[0-9a-f]{32}")
KEPT_SECONDS = 24 * 3600.0
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
LONGEST_NAME = 120

_children: dict[str, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Job:
    """A job as a page sees it; ``outcome`` is None while it runs."""

    id: str
    task: Task
    progress: Progress
    outcome: Outcome | None

    @property
    def is_running(self) -> bool:
        """Whether it still works."""
        return self.outcome is None


def start(folder: Path, task: Task) -> str:
    """Start a job on a data folder and return its id."""
    tidy(folder)
    name = uuid.uuid4().hex
    place = _place(folder, name)
    place.mkdir(parents=True)
    write(place, TASK, task)
    command = [sys.executable, "-m", "sq.jobs.child", str(folder.resolve()), str(place.resolve())]
    with (place / LOG).open("wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=APP_FOLDER)
    _children[name] = child
    write(place, PROCESS, child.pid)
    return name


def job(folder: Path, name: str) -> Job | None:
    """The job with this id, or None when there is none (any more)."""
    if not JOB_ID.fullmatch(name):
        return None
    place = _place(folder, name)
    task = read(place, TASK)
    if task is None:
        return None
    is_alive = _is_alive(place, name)  # asked first: a job that ends between the two has left its outcome
    outcome = read(place, OUTCOME) or (None if is_alive else _died())
    return Job(name, task, read(place, PROGRESS) or Progress(Message(N_("Starting")), 0.0), outcome)


def _is_alive(place: Path, name: str) -> bool:
    if name in _children:
        return _children[name].poll() is None
    process = read(place, PROCESS)
    if process is None or os.name == "nt":  # started by an app that is gone
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _died() -> Outcome:
    return Outcome(
        False,
        Message(N_("The job ended without a word; the data are as they were before it.")),
        Message(N_("Perhaps memory ran out: try again with fewer or smaller files.")),
    )


def saved(folder: Path, files: Iterable[tuple[str, bytes]]) -> tuple[Path, ...]:
    """Keep uploaded files for a job, under names that are safe, and return their paths."""
    place = work(folder) / "uploads" / uuid.uuid4().hex
    place.mkdir(parents=True)
    paths: list[Path] = []
    for name, content in files:
        path = place / _safe_name(name)
        if path in paths:
            path = path.with_stem(f"{path.stem}-{len(paths) + 1}")
        path.write_bytes(content)
        paths.append(path)
    return tuple(paths)


def _safe_name(name: str) -> str:
    """The last part of a name without what a file system could take amiss; its ending stays."""
    bare = NOT_IN_NAMES.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending}" if stem else (bare[:LONGEST_NAME] or "file")


def saved_profiles(folder: Path) -> tuple[Path, ...]:
    """The mapping profiles that readers have brought along."""
    return tuple(sorted((folder / "profiles").glob("*.toml")))


def keep_profile(folder: Path, name: str, content: bytes) -> Path:
    """Keep a mapping profile for this and later deliveries."""
    path = folder / "profiles" / _safe_name(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def snapshots(folder: Path) -> list[Snapshot]:
    """The snapshots on disk, newest first."""
    return published_snapshots(folder)


def tidy(folder: Path) -> None:
    """Remove jobs and uploads of more than a day ago."""
    for parent in (work(folder) / "jobs", work(folder) / "uploads"):
        for place in parent.glob("*"):
            if time.time() - place.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(place, ignore_errors=True)


def _place(folder: Path, name: str) -> Path:
    return work(folder) / "jobs" / name
