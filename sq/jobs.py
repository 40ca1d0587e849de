"""Runs imports and publications for a page as child processes: ``python -m sq ... --progress json``.

The app never opens the intake. A job outlives the run of the page that started it; the next run finds it again with
`running`. Lines of JSON from the child become frozen `Step`s whose `Message`s are rendered in the reader's language.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePath
from typing import Any

from sq.checking import Finding
from sq.errors import IntakeError
from sq.language import N_, Message, current_language
from sq.places import APP_FOLDER, work

UPLOADS, EXPORTS = "uploads", "exports"
UPLOAD_SECONDS = 24 * 3600
LONGEST_NAME = 120  # characters kept of an uploaded file's name


@dataclass(frozen=True)
class Counts:
    """Rows of one table: read = new + changed + unchanged + rejected + skipped.

    Of a delivery that is not loaded (checked, refused) every acceptable row counts as new.
    """

    table: str
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    skipped: int


@dataclass(frozen=True)
class Result:
    """How a job ended.

    ``outcome``: done, checked, loaded, same, refused or failed. ``message`` says it in a sentence or two.
    ``findings_file`` is a workbook with the bad cells marked, where there are any; ``rejects_file`` the refused rows.
    """

    outcome: str
    message: Message
    batch_id: int | None = None
    snapshot: str | None = None
    counts: tuple[Counts, ...] = ()
    findings: tuple[Finding, ...] = ()
    findings_file: Path | None = None
    rejects_file: Path | None = None

    @property
    def is_good(self) -> bool:
        """Whether the reader got what was asked for."""
        return self.outcome in {"done", "loaded", "same"} or (
            self.outcome == "checked" and not any(f.severity == "error" for f in self.findings)
        )


@dataclass(frozen=True)
class Step:
    """What a job is doing now; ``fraction`` is 0-1; ``result`` comes with the last step."""

    message: Message
    fraction: float
    result: Result | None = None


@dataclass
class Job:
    """A running or finished child process. Ask `steps` (waits) or `latest` (does not)."""

    command: tuple[str, ...]
    _process: subprocess.Popen[str] = field(repr=False)
    _steps: list[Step] = field(default_factory=list, repr=False)
    _news: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def latest(self) -> Step:
        """The newest step."""
        with self._news:
            return self._steps[-1] if self._steps else Step(Message(N_("Starting")), 0.0)

    @property
    def result(self) -> Result | None:
        """The result, once the job has ended."""
        return self.latest.result

    def steps(self) -> Iterator[Step]:
        """Every step from the first to the last, waiting for the next one."""
        told = 0
        while True:
            with self._news:
                while len(self._steps) <= told:
                    self._news.wait()
                step = self._steps[told]
            told += 1
            yield step
            if step.result is not None:
                return

    def wait(self) -> Result:
        """The result, however long it takes."""
        return next(step.result for step in self.steps() if step.result is not None)

    def _listen(self) -> None:
        """Read the child's lines until it ends; run by a thread of its own."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if (step := read_step(line)) is not None:
                self._add(step)
        self._process.wait()
        if self.result is None:
            text = Message(N_("The work was broken off; the data shown so far is unchanged."))
            self._add(Step(text, 1.0, Result("failed", text)))

    def _add(self, step: Step) -> None:
        with self._news:
            if not (self._steps and self._steps[-1].result):
                self._steps.append(step)
            self._news.notify_all()


_jobs: dict[Path, Job] = {}
_starting = threading.Lock()


def running(folder: Path) -> Job | None:
    """The job of this data folder that has not ended yet, whoever started it in this app."""
    job = _jobs.get(folder.resolve())
    return job if job is not None and job.result is None else None


def start(folder: Path, *arguments: str) -> Job:
    """Run ``python -m sq`` with these arguments on a data folder.

    Raises:
        IntakeError: another job of this app is still writing.
    """
    with _starting:
        if running(folder) is not None:
            raise IntakeError(
                Message(N_("Another import or publication is running.")),
                Message(N_("Wait until it has finished, then try again.")),
            )
        job = _run(folder, arguments)
        _jobs[folder.resolve()] = job
    return job


def start_export(folder: Path, *arguments: str) -> Job:
    """Run ``python -m sq export`` with these arguments; exports only read, so they wait for nobody."""
    return _run(folder, ("export", *arguments))


def export_target(folder: Path, ending: str) -> Path:
    """Where an export that a page asked for is written; those that nobody fetched within a day are deleted."""
    exports = work(folder) / EXPORTS
    _forget_old_uploads(exports)
    return exports / uuid.uuid4().hex / f"export{ending}"


def _run(folder: Path, arguments: Sequence[str]) -> Job:
    command = (sys.executable, "-m", "sq", "--lang", current_language(), *arguments, "--progress", "json")
    process = subprocess.Popen(
        command,
        cwd=APP_FOLDER,
        env={**os.environ, "SQ_DATA": str(folder.resolve()), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    job = Job(tuple(command), process)
    threading.Thread(target=job._listen, name="sq-job", daemon=True).start()
    return job


def start_check(folder: Path, paths: Sequence[Path], profile: Path | None = None) -> Job:
    """Check a delivery without loading it; its findings come as a workbook too."""
    out = paths[0].parent / "checked" / "findings.xlsx"
    return start(folder, "check", *map(str, paths), *_with(profile), "--findings", str(out))


def start_import(folder: Path, paths: Sequence[Path], profile: Path | None = None, accept_valid: bool = False) -> Job:
    """Load a delivery and publish it."""
    accept = ("--accept-valid",) if accept_valid else ()
    return start(folder, "import", *map(str, paths), *_with(profile), *accept)


def start_withdraw(folder: Path, batch_id: int) -> Job:
    """Take a batch back and publish."""
    return start(folder, "withdraw", str(batch_id))


def start_restore(folder: Path, batch_id: int) -> Job:
    """Let a withdrawn batch count again and publish."""
    return start(folder, "withdraw", str(batch_id), "--undo")


def start_close_wave(folder: Path, instrument: str, wave: str) -> Job:
    """Close a wave of an anonymous survey, which publishes its results."""
    return start(folder, "close-wave", instrument, wave)


def start_publish(folder: Path) -> Job:
    """Publish what the intake holds."""
    return start(folder, "publish")


def start_rollback(folder: Path, snapshot_id: str | None = None) -> Job:
    """Show an earlier snapshot again."""
    return start(folder, "rollback", *([snapshot_id] if snapshot_id else []))


def _with(profile: Path | None) -> tuple[str, ...]:
    return ("--profile", str(profile)) if profile else ()


def save_delivery(folder: Path, files: Iterable[tuple[str, bytes]]) -> tuple[Path, ...]:
    """Write uploaded files to a folder of their own; returns their paths in the same order."""
    _forget_old_uploads(work(folder) / UPLOADS)
    place = work(folder) / UPLOADS / uuid.uuid4().hex
    place.mkdir(parents=True)
    paths: list[Path] = []
    for number, (name, content) in enumerate(files):
        path = place / _safe_name(name)
        if path in paths:
            path = place / f"{number}-{path.name}"
        path.write_bytes(content)
        paths.append(path)
    return tuple(paths)


def discard_delivery(paths: Sequence[Path]) -> None:
    """Delete an uploaded delivery; the importer keeps its own copy in the inbox."""
    for place in {p.parent for p in paths if p.parent.parent.name == UPLOADS}:
        shutil.rmtree(place, ignore_errors=True)


def _forget_old_uploads(uploads: Path) -> None:
    """Delete uploads that nobody loaded within a day; what was loaded is in the inbox."""
    for place in uploads.glob("*"):
        with suppress(OSError):
            if time.time() - place.stat().st_mtime > UPLOAD_SECONDS:
                shutil.rmtree(place, ignore_errors=True)


def _safe_name(name: str) -> str:
    """The last part of a name without characters that file systems refuse; its ending is kept."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join("_" if c in '<>:"|?*' or ord(c) < 32 else c for c in last).strip(". ") or "file"
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - 20] + kept[-20:]


def message_as_json(value: Any) -> Any:
    """A Message (and those inside it) as plain data; other values as they are or as text."""
    if isinstance(value, Message):
        values = {k: message_as_json(v) for k, v in value.values.items()}
        return {"msgid": value.msgid, "values": values, "many": value.many, "count": value.count}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def message_from_json(value: Any) -> Any:
    """The reverse of `message_as_json`."""
    if isinstance(value, Mapping) and "msgid" in value:
        values = {k: message_from_json(v) for k, v in value["values"].items()}
        return Message(value["msgid"], values, value["many"], value["count"])
    return value


def step_line(step: Step) -> str:
    """A step as one line of JSON, as the command line prints it."""
    said: dict[str, Any] = {"message": message_as_json(step.message), "fraction": round(step.fraction, 4)}
    if step.result is not None:
        result = asdict(step.result) | {"message": message_as_json(step.result.message)}
        said["result"] = {k: str(v) if isinstance(v, Path) else v for k, v in result.items()}
    return json.dumps(said, ensure_ascii=False)


def read_step(line: str) -> Step | None:
    """The step of a line; None for anything else a library may have printed."""
    try:
        said = json.loads(line)
        message = message_from_json(said["message"])
        result = _read_result(said["result"]) if "result" in said else None
    except (ValueError, KeyError, TypeError):
        return None
    return Step(message, float(said["fraction"]), result)


def _read_result(said: Mapping[str, Any]) -> Result:
    return Result(
        outcome=said["outcome"],
        message=message_from_json(said["message"]),
        batch_id=said["batch_id"],
        snapshot=said["snapshot"],
        counts=tuple(Counts(**c) for c in said["counts"]),
        findings=tuple(Finding(**f) for f in said["findings"]),
        findings_file=Path(said["findings_file"]) if said["findings_file"] else None,
        rejects_file=Path(said["rejects_file"]) if said["rejects_file"] else None,
    )
