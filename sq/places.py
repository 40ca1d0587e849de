"""Where things lie: the data folder and its parts."""

from __future__ import annotations

import os
from pathlib import Path

APP_FOLDER = Path(__file__).parent.parent


def data_folder() -> Path:
    """The folder of the environment variable SQ_DATA, else ``data`` beside app.py."""
    return Path(os.environ.get("SQ_DATA") or APP_FOLDER / "data")


def inbox(folder: Path) -> Path:
    """Files as received, named by their sha256."""
    return folder / "inbox"


def intake_file(folder: Path) -> Path:
    """The private database of checked rows."""
    return folder / "intake.duckdb"


def published(folder: Path) -> Path:
    """The snapshots and CURRENT, which names one of them."""
    return folder / "published"


def current_file(folder: Path) -> Path:
    """The small file that names the snapshot to show."""
    return published(folder) / "CURRENT"


def snapshot_file(folder: Path, snapshot_id: str) -> Path:
    """The file of one snapshot."""
    return published(folder) / f"sq-{snapshot_id}.duckdb"


def work(folder: Path) -> Path:
    """Files that can be made again (the simulated chain's, spilled pages of a query)."""
    return folder / "work"
