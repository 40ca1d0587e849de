"""Which table a sheet holds, and which of our columns each heading means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sq import records
from sq.errors import SourceError
from sq.language import Message, Named
from sq.sources.failures import Listing

ANSWERS = "_answers"
ANSWER_HEADINGS = {
    "item_id": ("item_id", "题目编号", "检查项编号", "指标编号", "题号"),
    "value": ("value", "得分", "分值", "答案", "数值", "score"),
    "note": ("note", "备注", "说明"),
}
# sheets of the blank workbook and of vendors that explain and hold no data
EXPLANATIONS = {"说明", "填写说明", "字段说明", "explanation", "instructions", "readme", "read me", "notes on use"}
REMARK = re.compile(r"[(（](?:必填|选填|required|optional)[)）]")


def table_names() -> tuple[str, ...]:
    """Every table, reference tables before the responses that point to them, answers last."""
    return (*records.RECORDS, *(table + ANSWERS for table in records.RESPONSE_TABLES))


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """A heading or name for comparison: lower case, blanks and hyphens as underscores, no required-mark."""
    return re.sub(r"[\s\-]+", "_", REMARK.sub("", text.strip()).rstrip(" *＊").strip().casefold())


def columns_of(table: str) -> tuple[str, ...]:
    """Our columns of a table."""
    if table.endswith(ANSWERS):
        return (response_id(table), *ANSWER_HEADINGS)
    return tuple(records.RECORDS[table].model_fields)


def response_id(table: str) -> str:
    """The column that identifies a response in a response table or its answers."""
    return records.RESPONSE_TABLES[table.removesuffix(ANSWERS)][1]


def required_columns(table: str) -> tuple[str, ...]:
    """Columns without which a sheet cannot be this table."""
    if table.endswith(ANSWERS):
        return (response_id(table), "item_id", "value")
    return tuple(name for name, info in records.RECORDS[table].model_fields.items() if info.is_required())


def heading_of(table: str, column: str) -> Named:
    """A column under the name a reader knows: Chinese label, English name."""
    if table.endswith(ANSWERS):
        owner = table.removesuffix(ANSWERS)
        zh = ANSWER_HEADINGS[column][1] if column in ANSWER_HEADINGS else records.headings(owner, column)[1]
        return Named(zh, column)
    return Named(records.headings(table, column)[1], column)


def table_name(table: str) -> Named:
    """A table under the name a reader knows."""
    return Named(records.TABLE_LABELS_ZH.get(table, table), table)


@cache
def meanings(table: str) -> Mapping[str, str]:
    """Comparable heading → our column."""
    found: dict[str, str] = {}
    for column in columns_of(table):
        for heading in _headings(table, column):
            found.setdefault(plain(heading), column)
    return found


def _headings(table: str, column: str) -> tuple[str, ...]:
    if not table.endswith(ANSWERS):
        return records.headings(table, column)
    return ANSWER_HEADINGS.get(column) or records.headings(table.removesuffix(ANSWERS), column)


def matched(table: str, headings: Iterable[str]) -> dict[str, str]:
    """Heading → our column, for the headings that a table knows."""
    known = meanings(table)
    return {heading: known[name] for heading in headings if (name := plain(heading)) in known}


def named_table(name: str) -> str | None:
    """The table a sheet or file is named after (exactly, or as part of a longer name), the longest match first."""
    text = plain(name)
    labels = {plain(label): table for table, label in records.TABLE_LABELS_ZH.items() if table in table_names()}
    labels |= {table: table for table in table_names()}
    if text in labels:
        return labels[text]
    inside = [label for label in labels if len(label) > 1 and _stands_in(label, text)]
    best = sorted(inside, key=len)[-1:]
    return labels[best[0]] if best else None


def _stands_in(label: str, text: str) -> bool:
    """Whether a label is a word of a name: ``items`` stands in ``items_2026`` but not in ``lineitems``."""
    return re.search(rf"(?<![a-z]){re.escape(label)}(?![a-z])", text) is not None


def is_explanation(sheet: str) -> bool:
    """Whether a sheet is there to be read by people only."""
    return sheet.strip().casefold() in EXPLANATIONS


@dataclass(frozen=True)
class Fit:
    """How well headings fit a table."""

    table: str
    found: int
    missing: tuple[str, ...]


def fits(headings: Sequence[str]) -> list[Fit]:
    """Every table with what its headings lack, best first."""
    found = []
    for table in table_names():
        columns = set(matched(table, headings).values())
        missing = tuple(column for column in required_columns(table) if column not in columns)
        found.append(Fit(table, len(columns), missing))
    return sorted(found, key=lambda fit: (len(fit.missing), -fit.found))


def recognised(file: str, sheet: str | None, headings: Sequence[str]) -> str:
    """The table that a sheet holds: by its name, by its file's name, else by its headings.

    A name counts only if the headings do not plainly belong to another table.

    Raises:
        SourceError: no table fits, or two fit equally well.
    """
    ranked = fits(headings)
    complete = [fit for fit in ranked if not fit.missing]
    for name in (sheet, file.split(".")[0]):
        table = named_table(name) if name else None
        if table is None:
            continue
        fit = next(fit for fit in ranked if fit.table == table)
        answers = next((f for f in complete if f.table == table + ANSWERS), None)
        if not fit.missing:
            return table
        if answers is not None:
            return answers.table
        if name == sheet or not complete:
            raise _incomplete(file, sheet, fit)
    if not complete:
        raise _incomplete(file, sheet, ranked[0])
    if len(complete) > 1 and complete[0].found == complete[1].found:
        raise _ambiguous(file, sheet, complete[0], complete[1])
    return complete[0].table


def place(file: str, sheet: str | None) -> Message | str:
    """A file, or a sheet of it, in words."""
    if sheet is None:
        return file
    return Message("Sheet {sheet} of {file}", {"file": file, "sheet": sheet})


def _incomplete(file: str, sheet: str | None, fit: Fit) -> SourceError:
    columns = Listing(tuple(heading_of(fit.table, column) for column in fit.missing))
    return SourceError(
        Message(
            "{place} is no table that is known. The nearest is {table}; missing: {columns}.",
            {"place": place(file, sheet), "table": table_name(fit.table), "columns": columns},
        ),
        Message("Add the missing columns under these headings, or map the file's own headings in a profile."),
    )


def _ambiguous(file: str, sheet: str | None, one: Fit, other: Fit) -> SourceError:
    return SourceError(
        Message(
            "{place} may be {one} or {other}.",
            {"place": place(file, sheet), "one": table_name(one.table), "other": table_name(other.table)},
        ),
        Message("Name the sheet or the file after the table."),
    )
