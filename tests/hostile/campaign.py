"""Run hostile deliveries through the door in a few child processes: ``python -m tests.hostile.campaign --cases 10000``.

A case that ends otherwise than in one sentence or findings, takes longer than TIME, more than 2 GiB, or changes the
data is kept under build/fuzz/ with what went wrong; ``--case KIND:NUMBER`` plays one again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import selectors
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.cases import HEAVY, planned

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "fuzz"
TIME = 60  # seconds of a processor that one import may take
PATIENCE = 5 * TIME  # until a child is given up: making a bomb takes time too
RECYCLED = 250  # cases after which a child makes room for a new one
SWOLLEN = 900  # MiB of a child that would be counted against the next case
LARGEST_KEPT = 20 << 20  # bytes of an input that are kept for replay


@dataclass(frozen=True)
class Answer:
    """What came of a case; ``fault`` is empty where all is well."""

    kind: str
    seed: int
    outcome: str
    fault: str
    seconds: float
    mib: float
    text: str


class Door:
    """A child process that imports deliveries."""

    def __init__(self, base: Path, place: Path) -> None:
        command = [sys.executable, "-m", "tests.hostile.door", str(base), str(place / "data")]
        environment = {**os.environ, "SQ_LANG": "en", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        self.errors = (place / "errors.txt").open("w+", encoding="utf-8", errors="replace")
        self.child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors
        )
        self.told = 0
        self.is_swollen = False

    def answer(self, kind: str, seed: int, folder: Path) -> Answer:
        """The answer to a case; a child that hangs or dies is a fault."""
        assert self.child.stdin is not None
        begun = time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.write(json.dumps({"kind": kind, "seed": seed, "folder": str(folder)}).encode() + b"\n")
            self.child.stdin.flush()
        line, self.told = self._line(), self.told + 1
        if line:
            found: dict[str, Any] = json.loads(line)
            late = f"took {found['seconds']:.0f} s" if found["seconds"] > TIME else ""
            found["fault"] = "\n".join(part for part in (found["fault"], late) if part)
            self.is_swollen = found["mib"] > SWOLLEN
            return Answer(kind, seed, **found)
        fault = f"hung for {PATIENCE} s" if self.child.poll() is None else f"died: {self.child.poll()} {self._last()}"
        self.close()
        return Answer(kind, seed, "dead", fault, time.monotonic() - begun, 0, "")

    def _line(self) -> bytes:
        assert self.child.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.child.stdout, selectors.EVENT_READ)
            if not waiting.select(PATIENCE):
                return b""
        line = self.child.stdout.readline()
        if not line:
            self.child.wait()
        return line

    def _last(self) -> str:
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    @property
    def is_spent(self) -> bool:
        """Whether a new child should take over."""
        return self.child.poll() is not None or self.told >= RECYCLED or self.is_swollen

    def close(self) -> None:
        """End the child."""
        self.child.kill()
        self.child.communicate()
        self.errors.close()


def run(cases: Sequence[tuple[str, int]], doors: int = 2, keep: Path = KEPT) -> list[Answer]:
    """Import every case; those with a fault are kept."""
    waiting: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)
    answers: list[Answer] = []
    with tempfile.TemporaryDirectory(prefix="sq-hostile-") as place:
        base = Path(place) / "base" / "data"
        subprocess.run([sys.executable, "-m", "tests.hostile.door", "--base", str(base)], cwd=ROOT, check=True)
        workers = [
            threading.Thread(target=_work, args=(Path(place) / str(i), base, waiting, answers, keep))
            for i in range(doors)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(answers) == len(cases)
    return answers


def _work(
    place: Path, base: Path, waiting: queue.SimpleQueue[tuple[str, int]], answers: list[Answer], keep: Path
) -> None:
    place.mkdir()
    door: Door | None = None
    while True:
        try:
            kind, seed = waiting.get_nowait()
        except queue.Empty:
            break
        if door is None or door.is_spent:
            if door is not None:
                door.close()
            door = Door(base, place)
        folder = place / "files"
        folder.mkdir()
        answer = door.answer(kind, seed, folder)
        if answer.fault:
            kept(answer, folder, keep)
        remove(folder)
        answers.append(answer)
    if door is not None:
        door.close()


def kept(answer: Answer, folder: Path, keep: Path) -> None:
    """Keep the files of a case for replay, beside what went wrong."""
    place = keep / f"{answer.kind}-{answer.seed}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    again = f"python -m tests.hostile.campaign --case {answer.kind}:{answer.seed}"
    (place / "fault.txt").write_text(f"{again}\n{answer.outcome}\n{answer.text}\n{answer.fault}\n", encoding="utf-8")
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            found = path.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST_KEPT:
                shutil.copyfile(path, place / path.name)


def remove(folder: Path) -> None:
    """Delete a folder that may hold locked folders and odd files."""
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


def told(answers: Sequence[Answer]) -> str:
    """Cases and faults by kind, and the slowest and largest."""
    lines = []
    for kind in sorted({a.kind for a in answers} - set(HEAVY)):
        mine = [a for a in answers if a.kind == kind]
        ends = ", ".join(f"{n} {outcome}" for outcome, n in Counter(a.outcome for a in mine).most_common())
        lines.append(
            f"{len(mine):6} {kind}: {ends}"
            + (f"; {sum(bool(a.fault) for a in mine)} FAULTY" * any(a.fault for a in mine))
        )
    slowest = sorted(answers, key=lambda a: -a.seconds)[:10]
    lines += [f"{a.seconds:6.1f} s {a.mib:6.0f} MiB {a.kind}:{a.seed} {a.outcome} {a.text[:100]}" for a in slowest]
    return "\n".join(lines)


def main() -> int:
    """Run a campaign and say what it found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="number that the cases follow from; default: the clock")
    parser.add_argument(
        "--case", action="append", default=[], help="play KIND:NUMBER again; may be given several times"
    )
    parser.add_argument("--kind", help="only cases of this kind")
    parser.add_argument("--doors", type=int, default=2, help="child processes at a time")
    options = parser.parse_args()
    seed = int(time.time()) % 1_000_000 if options.seed is None else options.seed
    again = [(kind, int(number)) for kind, _colon, number in (case.partition(":") for case in options.case)]
    cases = again or planned(options.cases, seed, heavy_too=True)
    if options.kind:
        cases = [(options.kind, seed * 1_000_000 + i) for i in range(options.cases)]
    print(f"{len(cases)} cases, seed {seed}", flush=True)
    begun = time.monotonic()
    answers = run(cases, options.doors)
    faulty = [a for a in answers if a.fault]
    print(told(answers))
    for a in faulty[:40]:
        print(f"\n{a.kind}:{a.seed} {a.outcome}\n{a.fault}")
    print(f"\n{len(answers)} cases in {time.monotonic() - begun:.0f} s, {len(faulty)} faulty; seed {seed}")
    if faulty:
        print(f"kept in {KEPT.relative_to(ROOT)}")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
