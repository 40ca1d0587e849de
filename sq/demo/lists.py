"""The lists the chain is made of, read from ``lists/*.csv``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "lists"


@cache
def listed(name: str) -> pd.DataFrame:
    """A list as a frame; empty cells are empty texts. Do not change it in place."""
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False, encoding="utf-8")


def texts(kind: str) -> pd.DataFrame:
    """Comments of a kind: touchpoint_id (may be empty) and text_zh."""
    frame = listed("comments")
    return frame[frame["kind"] == kind].reset_index(drop=True)


def note_text(kind: str) -> str:
    """The wording of a note."""
    frame = listed("notes")
    return str(frame.loc[frame["kind"] == kind, "text_zh"].iloc[0])


def remarks(kind: str) -> pd.DataFrame:
    """Remarks of a kind about employees, departments or management: subject (may be empty) and text_zh."""
    frame = listed("remarks")
    return frame[frame["kind"] == kind].reset_index(drop=True)
