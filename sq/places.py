"""Where things lie: the data folder and its parts."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

LONGEST_NAME = 120  # characters of a file's name that are told

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


def workspace_file(folder: Path) -> Path:
    """Agendas, notes and saved views, unless a database is set."""
    return folder / "workspace.db"


def restoration(folder: Path) -> Path:
    """Where a backup waits while it is checked, and from which it moves into place."""
    return folder / ".restoring"


def restoration_journal(folder: Path) -> Path:
    """Exists while a checked backup is being put in place, or when that was broken off."""
    return restoration(folder) / "journal.json"


def settings_file(folder: Path) -> Path:
    """The settings of this data folder; may be absent."""
    return folder / "settings.toml"


def remedies_file(folder: Path) -> Path:
    """What an installation does against service gaps; optional."""
    return folder / "remedies.toml"


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


def plain_name(path: Path) -> str:
    """A file's name as it is told and stored: on one line, without invisible or undecodable signs, not endless."""
    name = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c)[0] == "C" else c for c in path.name)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 20]}…{name[-19:]}"
