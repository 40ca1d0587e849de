"""Files as received become SourceTables: readers, mapping profiles and the blank workbook.

Owns python-calamine and openpyxl. May import errors, language, selection and records; must not know DuckDB,
batches or the screen. The blank workbook is ``sq.sources.template.template`` (openpyxl is imported only there).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sq.sources.delivery import profiled_tables, standard_tables
from sq.sources.table import DERIVED, SourceTable

__all__ = ["DERIVED", "SourceTable", "read_files"]


def read_files(
    paths: Sequence[Path],
    profile: Path | None = None,
    known_items: Mapping[str, Collection[str]] | None = None,
) -> Iterator[SourceTable]:
    """The tables found in a delivery of files, reference tables first.

    Args:
        paths: workbooks, CSV (also .gz) and Parquet files.
        profile: a mapping profile (TOML) for files with their own headings and codes.
        known_items: instrument → item ids known from earlier batches.

    Raises:
        SourceError: a file cannot be read, or no table is recognised in it.
        ProfileError: the profile is wrong or does not fit.
    """
    if profile is None:
        return standard_tables(paths, known_items or {})
    return profiled_tables(paths, profile, known_items or {})
