"""The door: a child process that imports one hostile delivery after another and says what came of each.

Every delivery goes through `sq.intake.load` on a small chain that is loaded already. One line of JSON per case on
standard input ({kind, seed, folder}), one per answer on standard output ({outcome, fault, seconds, mib, text}).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import traceback
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import python_calamine as calamine

from sq.checking import Checked
from sq.errors import SqError
from sq.exports.findings import findings_workbook
from sq.intake import Report, load
from sq.language import Message, speaking
from sq.places import plain_name
from sq.publish import publish
from sq.sources.draft import draft
from sq.sources.profile_checks import load_profile
from tests.hostile.base import make_base
from tests.hostile.cases import HEAVY, Delivery, learn_kinds, made

ADDRESS_SPACE = 6 << 30  # a hard stop for the machine's sake; the promise is MEMORY
# cases into an empty data folder; loaded ones that are published too; files of which a profile is drafted
EMPTY_EVERY, PUBLISHED_EVERY, DRAFTED_EVERY = 10, 25, 5
MEMORY = 2 << 10  # MiB
PYTHON = re.compile(
    r"Traceback|\b\w*(?:Error|Exception)\b|<class|object at 0x|NoneType|\berrno|\[Errno|"
    r"\b(?:numpy|pandas|pyarrow|duckdb|pydantic|openpyxl|tomllib|utf_8)\b"
)
HAN = re.compile("[\u4e00-\u9fff]")


def main(base: Path, data: Path) -> None:
    """Answer cases until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints does not disturb the answers
    learn_kinds()
    renew(base, data)
    for line in sys.stdin:
        case = json.loads(line)
        answer = judged(case["kind"], case["seed"], Path(case["folder"]), base, data)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def renew(base: Path, data: Path) -> None:
    """The small chain as it was before."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(base, data)


def judged(name: str, seed: int, folder: Path, base: Path, data: Path) -> dict[str, Any]:
    """Make a delivery, import it and say what is wrong with the answer ('' = nothing)."""
    delivery = made_apart(name, folder) if name in HEAVY else made(name, seed, folder)
    if seed % EMPTY_EVERY == 1:  # the first delivery of all finds nothing loaded
        shutil.rmtree(data)
    forget_peak()
    before, begun = contents(data), time.process_time()
    outcome, text, faults = imported(delivery, data)
    seconds, peak = time.process_time() - begun, peak_mib()
    if peak > MEMORY:
        faults.append(f"took {peak:.0f} MiB")
    if delivery.must and outcome != delivery.must:
        faults.append(f"ended as {outcome}, not as {delivery.must}: {text}")
    faults += drafted(delivery, data.parent / "draft.toml") if seed % DRAFTED_EVERY == 3 else []
    if outcome == "loaded":
        faults += published(data) if seed % PUBLISHED_EVERY == 2 else []
        renew(base, data)
    elif seed % EMPTY_EVERY == 1:
        faults += ["kept a file of a refused delivery"] if (data / "inbox").exists() else []
        renew(base, data)
    elif contents(data) != before:
        faults.append("changed the data")
        renew(base, data)
    return {"outcome": outcome, "fault": "\n".join(faults), "seconds": seconds, "mib": peak, "text": text}


def marked(checked: Checked, path: Path) -> list[str]:
    """What is wrong with the workbook of the findings: it opens, and nothing in it is a formula."""
    try:
        findings_workbook(path, checked)
        with zipfile.ZipFile(path) as file:
            sheets = [file.read(name) for name in file.namelist() if "worksheets/sheet" in name]
        calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except BaseException:  # as in imported
        return [traceback.format_exc()]
    return ["a formula in the workbook of findings" for sheet in sheets if b"<f>" in sheet]


def drafted(delivery: Delivery, path: Path) -> list[str]:
    """What is wrong with the draft of a profile for a hostile file: it is one that loads, or a sentence."""
    try:
        path.write_text(draft(delivery.files[0]), encoding="utf-8")
        load_profile(path)
    except SqError as error:
        names = [file.name for file in delivery.files]
        return worded(error.what, names) + ([] if "draft.toml" not in str(error) else [f"no profile: {error}"])
    except BaseException:  # as in imported
        return [traceback.format_exc()]
    return []


def published(data: Path) -> list[str]:
    """What is wrong with publishing hostile rows that were loaded."""
    try:
        publish(data)
    except SqError as error:
        return worded_all([error.what])
    except BaseException:  # as in imported
        return [traceback.format_exc()]
    return []


def made_apart(name: str, folder: Path) -> Delivery:
    """A delivery made by another process, so that its memory does not count here."""
    command = [sys.executable, "-m", "tests.hostile.door", "--make", name, str(folder)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Delivery(tuple(map(Path, told["files"])), must=told["must"])


def imported(delivery: Delivery, data: Path) -> tuple[str, str, list[str]]:
    """The outcome of an import, its sentence, and what is wrong with it."""
    names = [path.name for path in (*delivery.files, *([delivery.profile] if delivery.profile else []))]
    try:
        report = load(data, list(delivery.files), delivery.profile, delivery.accept_valid)
    except SqError as error:
        sentence = [error.what] + ([error.next_step] if error.next_step else [])
        faults = [] if error.next_step else ["no next step"]
        return "sentence", in_english(error), faults + worded(error.what, names) + worded_all(sentence)
    except BaseException:  # the point of the campaign: nothing else may come out, not even MemoryError
        return "traceback", "", [traceback.format_exc()]
    faults = worded_all([report.message]) + unbalanced(report)
    for finding in report.findings[:30]:
        faults += worded(finding.message, names)
    if report.checked is not None:
        faults += marked(report.checked, data.parent / "findings.xlsx") if report.checked.findings else []
        faults += ["a refused row has no reason" for part in report.checked.rejects if not all(part.reasons())]
    return report.outcome, in_english(report.message), faults


def in_english(text: Any) -> str:
    """What an English reader is told."""
    with speaking("en"):
        return str(text)


def worded(text: Message, names: Iterable[str]) -> list[str]:
    """What is wrong with a sentence about files: it names one of them, in both languages."""
    faults = worded_all([text])
    for code in ("en", "zh"):
        with speaking(code):
            if not any(plain_name(Path(name)) in str(text) for name in names):
                faults.append(f"names no file: {text}")
    return faults


def worded_all(texts: Iterable[Message]) -> list[str]:
    """What is wrong with sentences: both languages, no words of the program."""
    faults = []
    for text in texts:
        with speaking("en"):
            english = str(text)
        with speaking("zh"):
            chinese = str(text)
        if not english.strip() or not HAN.search(chinese) or english == chinese:
            faults.append(f"not in both languages: {english!r} {chinese!r}")
        if PYTHON.search(english) or PYTHON.search(chinese):
            faults.append(f"speaks Python: {english!r}")
        if len(english) > 2_000:
            faults.append(f"{len(english)} characters long: {english[:200]!r}")
    return faults


def unbalanced(report: Report) -> list[str]:
    """Tables whose rows were lost or counted twice."""
    return [
        f"rows do not add up: {c}"
        for c in report.counts
        if c.read != c.new + c.changed + c.unchanged + c.rejected + c.skipped
    ]


def contents(data: Path) -> str:
    """Everything in a data folder but locks, logs and the work folder, as one hash."""
    digest = hashlib.sha256()
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.name != "lock" and not {"work", "log"} & set(path.relative_to(data).parts):
            digest.update(os.fsencode(path.relative_to(data)) + path.read_bytes())
    return digest.hexdigest()


def forget_peak() -> None:
    """Start measuring the largest resident memory anew (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_mib() -> float:
    """Largest resident memory since `forget_peak`, in MiB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1] == "--base":
        make_base(Path(sys.argv[2]))
    elif sys.argv[1] == "--make":
        learn_kinds()
        heavy = made(sys.argv[2], 0, Path(sys.argv[3]))
        sys.stdout.write(json.dumps({"files": [str(path) for path in heavy.files], "must": heavy.must}))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
