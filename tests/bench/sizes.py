"""Chains of several sizes, simulated, imported and published once, with what that took."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sq.warehouse import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("SQ_BENCH", Path.home() / ".cache" / "sq-bench"))


@dataclass(frozen=True)
class Size:
    """A simulated chain; item scores are about stores x months x visits x 100 items."""

    name: str
    stores: int
    months: int
    visits: int
    customers: int
    waves: int

    @property
    def item_scores(self) -> int:
        """Item scores of the chain's own stores."""
        return self.stores * self.months * self.visits * 100

    @property
    def folder(self) -> Path:
        """Its data folder (SQ_DATA)."""
        return CACHE / self.name / "data"


SIZES = {
    "2.4M": Size("2.4M", 400, 60, 1, 40_000, 4),
    "24M": Size("24M", 400, 60, 10, 40_000, 4),
    "quick": Size("quick", 40, 14, 1, 4_000, 2),
}
# what only the import is timed with: visits without the staff, and the staff (48 + 10 + 18 items) with few visits
SCORES, STAFF = Size("scores", 400, 60, 1, 40_000, 0), Size("staff", 400, 24, 1, 0, 4)
QUICK_SCORES, QUICK_STAFF = Size("quick-scores", 40, 14, 1, 4_000, 0), Size("quick-staff", 40, 24, 1, 0, 4)


@dataclass(frozen=True)
class Step:
    """One command: seconds and the largest resident memory in MiB."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Built:
    """What it took to bring a chain in."""

    item_scores: int
    simulate: Step
    load: Step
    publish: Step
    audit: Step
    snapshot_mib: float
    intake_mib: float


def built(size: Size) -> Built:
    """Build the chain if it is not there; the record of how long it took."""
    record = size.folder.parent / f"built-{SCHEMA_VERSION}.json"
    if not record.exists():
        shutil.rmtree(size.folder.parent, ignore_errors=True)  # of another schema, or not finished
        record.write_text(json.dumps(asdict(_build(size)), indent=1), encoding="utf-8")
    told = json.loads(record.read_text(encoding="utf-8"))
    steps = {name: Step(**told.pop(name)) for name in ("simulate", "load", "publish", "audit")}
    return Built(**told, **steps)


def _build(size: Size) -> Built:
    files = size.folder.parent / "files"
    files.mkdir(parents=True, exist_ok=True)
    scale = [f"--{name}={getattr(size, name)}" for name in ("stores", "months", "visits", "customers", "waves")]
    print(f"Building {size.name} in {size.folder.parent} (once) ...", flush=True)
    simulate = measured(size.folder, "demo", "--out", str(files), "--seed", "1", *scale)
    load = measured(size.folder, "import", *delivery(files), "--no-publish")
    publish = measured(size.folder, "publish")
    audit = measured(size.folder, "audit")
    snapshot = sum(p.stat().st_size for p in (size.folder / "published").glob("*.duckdb"))
    intake = (size.folder / "intake.duckdb").stat().st_size
    return Built(size.item_scores, simulate, load, publish, audit, snapshot / 2**20, intake / 2**20)


def delivery(folder: Path) -> list[str]:
    """The files of a simulated delivery, without the truth about what was planted."""
    kinds = {".xlsx", ".csv", ".parquet"}
    return [str(path) for path in sorted(folder.rglob("*")) if path.suffix in kinds]


def measured(folder: Path, *arguments: str) -> Step:
    """Run ``python -m sq ...`` on a data folder; seconds and peak memory (of the process itself)."""
    environment = {**os.environ, "SQ_DATA": str(folder), "SQ_LANG": "en"}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "sq", *arguments], cwd=ROOT, env=environment)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sq {' '.join(arguments)} failed ({process.returncode})")
    return Step(time.perf_counter() - began, usage.ru_maxrss / 1024)
