"""Checks a whole delivery: every table against the data dictionary, the lists it refers to, and itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sq.checking.answers import Block, Told, WideAnswers, long_answers, pairs, told_before
from sq.checking.columns import Positions, Problem, empty_column, typed_column
from sq.checking.findings import CODES, Finding, problem_messages, shown
from sq.checking.known import Checklist, Known, days
from sq.checking.rules import LISTED_VALUES, by_value, header_problems, key_texts, zone_problems
from sq.checking.surveys import survey_problems
from sq.records import RECORDS, RESPONSE_TABLES, keys
from sq.sources.table import DERIVED, SourceTable

ANSWERS = "_answers"
REASONS = 8  # reasons written beside a refused row
ORDER = ("touchpoints", "departments", "dimensions", "stores", "items", "waves")  # what others refer to comes first


@dataclass(frozen=True)
class Rejects:
    """Refused rows of one sheet as received, under the file's headings.

    ``problems``: errors, with the file's heading as column ('' = the whole row) and positions in ``frame``.
    """

    table: str
    file: str
    sheet: str | None
    frame: pd.DataFrame
    rows: Positions
    problems: tuple[Problem, ...]

    def reasons(self) -> list[str]:
        """Why each row was refused, in the current language; the first REASONS of them."""
        found: list[list[str]] = [[] for _ in range(len(self.frame))]
        for problem in self.problems:
            text = reason(problem)
            for at in problem.positions:
                if len(found[at]) < REASONS:
                    found[at].append(text)
        return ["; ".join(dict.fromkeys(texts)) for texts in found]


def reason(problem: Problem) -> str:
    """What is wrong with a cell or row, and what is allowed, in the current language."""
    what, allowed = problem_messages(problem)
    text = f"{problem.column}: {what}" if problem.column else str(what)
    return text if allowed is None else f"{text} ({allowed})"


@dataclass(frozen=True)
class CheckedTable:
    """Accepted rows of one table of one sheet.

    ``rows``: row_no and the columns of the record; for ``<table>_answers`` row_no, response_id, item_id, value, note.
    ``read`` counts every row of the file: accepted + rejected + skipped.
    """

    table: str
    file: str
    sheet: str | None
    rows: pa.Table
    read: int
    rejected: int
    skipped: int
    blocks: tuple[Block, ...] = ()


@dataclass
class Checked:
    """A checked delivery."""

    tables: list[CheckedTable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rejects: list[Rejects] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """Rows that cannot be accepted."""
        return sum(t.rejected for t in self.tables)

    def count(self, severity: str) -> int:
        """Findings of a severity."""
        return sum(f.severity == severity for f in self.findings)


def check(tables: Iterable[SourceTable], known: Known | None = None, today: dt.date | None = None) -> Checked:
    """Check every row of a delivery; good rows are typed, refused rows keep their reasons.

    Args:
        tables: what the readers found, in any order.
        known: names of earlier batches; grows by the good rows of this delivery.
        today: the last day on which something can have happened.
    """
    return _Delivery(known or Known(), today or dt.date.today()).check(tables)


class _Delivery:
    """The state of one check: what is known, which keys were seen."""

    def __init__(self, known: Known, today: dt.date) -> None:
        self.known = known
        self.today = today
        self.checked = Checked()
        self.seen: dict[str, set[str]] = {}
        self.scoreless: list[tuple[SourceTable, pd.Series[Any]]] = []
        self.answered: dict[str, set[str]] = {}
        self.told: dict[str, list[Told]] = {}

    def check(self, tables: Iterable[SourceTable]) -> Checked:
        waiting = sorted(tables, key=lambda t: _rank(t.table))
        waiting.reverse()
        while waiting:
            source = waiting.pop()  # let go of each frame once it is typed: wide forms are large
            self._note_unknown_headings(source)
            if source.table.endswith(ANSWERS):
                self._long(source)
            else:
                self._header(source)
        self._forms_without_scores()
        self.checked.findings.sort(key=lambda f: (tuple(CODES).index(f.code), f.file, f.sheet, f.first_row))
        self.checked.findings.sort(key=lambda f: ("error", "warning", "note").index(f.severity))
        return self.checked

    def _header(self, source: SourceTable) -> None:
        table = source.table
        columns = {c: self._column(source, c) for c in RECORDS[table].model_fields}
        problems = [p for c in columns.values() for p in c.problems]
        rows = pa.table({name: c.values for name, c in columns.items()})
        problems += header_problems(table, rows, self.known, self.today)
        problems += survey_problems(table, rows, self.known, self.today)
        problems += self._dropped(table, rows)
        problems += zone_problems(table, source.frame)
        if source.sheet == DERIVED:
            source, rows, problems = self._without_repeats(source, rows, problems)
        else:
            problems += self._duplicates(table, rows, source)
        wide = self._wide(source, rows)
        problems += wide.problems if wide else []
        good = self._verdict(source, problems)
        blocks = self._blocks(table, rows, wide, good)
        self._keep(source, rows, good, blocks)
        for block in blocks:
            ids = pd.Index(block.ids.to_pandas())
            self.told.setdefault(RESPONSE_TABLES[table][0], []).append(Told(ids, items=frozenset(block.items)))
        if table in RESPONSE_TABLES:
            self._learn_forms(table, source, rows, wide, good)

    def _column(self, source: SourceTable, column: str) -> Any:
        if column in source.frame:
            return typed_column(source.table, column, source.frame[column])
        return empty_column(source.table, column, len(source.frame))

    def _duplicates(self, table: str, rows: pa.Table, source: SourceTable) -> list[Problem]:
        key = key_texts(table, rows)
        at = np.flatnonzero(self._seen_before(table, key) & (key != "").to_numpy())
        return list(by_value("duplicate_key", _key_column(table, source), at, key.to_numpy()[at]))

    def _without_repeats(
        self, source: SourceTable, rows: pa.Table, problems: list[Problem]
    ) -> tuple[SourceTable, pa.Table, list[Problem]]:
        """Derived rows repeat from sheet to sheet: only the first of each key counts as read."""
        key = key_texts(source.table, rows)
        new = ~self._seen_before(source.table, key)
        place = np.where(new, np.cumsum(new) - 1, -1)
        moved = [(p, place[p.positions]) for p in problems]
        kept = [Problem(p.code, p.column, p.value, p.allowed, at[at >= 0]) for p, at in moved if (at >= 0).any()]
        frame = source.frame[new].reset_index(drop=True)
        parts = {"items": source.items, "headings": source.headings, "unknown": source.unknown}
        less = SourceTable(source.table, source.file, source.sheet, frame, source.rows[new], **parts)  # type: ignore[arg-type]
        return less, rows.filter(pa.array(new)), kept

    def _seen_before(self, table: str, key: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each key stood in an earlier row or sheet; remembers the new ones."""
        seen = self.seen.setdefault(table, set())
        keys_now = key.tolist()
        earlier = np.fromiter((k in seen for k in keys_now), dtype=bool, count=len(keys_now)) if seen else False
        seen.update(keys_now)
        return np.asarray(key.duplicated().to_numpy() | earlier)

    def _wide(self, source: SourceTable, rows: pa.Table) -> WideAnswers | None:
        if not source.items or source.table not in RESPONSE_TABLES:
            return None
        instrument = RESPONSE_TABLES[source.table][0]
        return WideAnswers(source, self._checklist(instrument), self._days(source.table, rows).to_numpy())

    def _days(self, table: str, rows: pa.Table) -> pd.Series[Any]:
        """The day of each form: its own, or the last one of its wave."""
        instrument, _, day = RESPONSE_TABLES[table]
        return days(rows[day]) if day else self.known.wave_days(instrument, rows["wave_id"].to_pandas())

    def _checklist(self, instrument: str) -> Checklist:
        items = self.known.items
        return Checklist(items[items["instrument"] == instrument])

    def _blocks(
        self, table: str, rows: pa.Table, wide: WideAnswers | None, good: np.ndarray[Any, np.dtype[np.bool_]]
    ) -> tuple[Block, ...]:
        if wide is None:
            return ()
        ids = rows[RESPONSE_TABLES[table][1]].combine_chunks()
        return tuple(wide.blocks(ids, good))

    def _dropped(self, table: str, rows: pa.Table) -> Iterator[Problem]:
        """Forms from a time whose rows were dropped: only sums are left, to which nothing can be corrected."""
        if table not in RESPONSE_TABLES or self.known.dropped_before is None:
            return
        day = self._days(table, rows)
        bad = np.flatnonzero((day < pd.Timestamp(self.known.dropped_before)).to_numpy())
        column = RESPONSE_TABLES[table][2] or "wave_id"
        yield from by_value(
            "dropped_before", column, bad, day.iloc[bad].map(shown).to_numpy(), str(self.known.dropped_before)
        )

    def _learn_forms(
        self, table: str, source: SourceTable, rows: pa.Table, wide: WideAnswers | None, good: Any
    ) -> None:
        instrument, id_column, _ = RESPONSE_TABLES[table]
        ids = rows[id_column].filter(pa.array(good))
        self.known.add_responses(instrument, ids, self._days(table, rows)[good])
        if not RESPONSE_TABLES[table][2]:
            self.known.add_form_waves(instrument, ids, rows["wave_id"].filter(pa.array(good)))
        has_score = wide.scored() if wide else np.zeros(len(good), dtype=bool)
        if "total_score" in rows.column_names:
            has_score |= rows["total_score"].is_valid().to_numpy()
        forms = rows[id_column].to_pandas()
        self.scoreless.append((source, forms[good & ~has_score]))

    def _long(self, source: SourceTable) -> None:
        table = source.table.removesuffix(ANSWERS)
        instrument, id_column, _ = RESPONSE_TABLES[table]
        rows, problems = long_answers(source, instrument, id_column, self.known, self._checklist(instrument))
        response, item = rows["response_id"].to_pandas(), rows["item_id"].to_pandas()
        problems += told_before(self.told.setdefault(instrument, []), response, item)
        good = self._verdict(source, problems)
        self._keep(source, rows, good, ())
        ids = rows["response_id"].filter(pa.array(good)).unique().to_pylist()
        self.answered.setdefault(table, set()).update(ids)
        self.told[instrument].append(Told(pd.Index(ids), keys=pd.Index(pairs(response, item)[good])))

    def _forms_without_scores(self) -> None:
        for source, ids in self.scoreless:
            at = ids.index[~ids.isin(self.answered.get(source.table, set()))].to_numpy()
            if len(at):
                self.checked.findings.append(_finding(source, Problem("no_scores", "", "", "", at)))

    def _verdict(self, source: SourceTable, problems: list[Problem]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Record the findings; which rows are good."""
        problems = [p for p in problems if len(p.positions)]
        good = np.ones(len(source.frame), dtype=bool)
        for problem in problems:
            if CODES[problem.code][0] == "error":
                good[problem.positions] = False
        self.checked.findings += [_finding(source, p) for p in _grouped(problems)]
        if not good.all():
            self.checked.rejects.append(_rejects(source, problems, ~good))
        return good

    def _keep(self, source: SourceTable, rows: pa.Table, good: Any, blocks: tuple[Block, ...]) -> None:
        numbered = rows.add_column(0, "row_no", pa.array(np.asarray(source.rows, dtype=np.int64)))
        accepted = numbered if good.all() else numbered.filter(pa.array(good))
        skipped = sum(source.skipped.values())
        rejected = int((~good).sum())
        self.known.add(source.table, accepted)
        self.checked.tables.append(
            CheckedTable(
                table=source.table,
                file=source.file,
                sheet=source.sheet,
                rows=accepted,
                read=len(good) + skipped,
                rejected=rejected,
                skipped=skipped,
                blocks=blocks,
            )
        )

    def _note_unknown_headings(self, source: SourceTable) -> None:
        sheet = source.sheet or ""
        self.checked.findings += [
            Finding("note", "unknown_heading", source.table, source.file, sheet, heading, heading, "", 0, 1)
            for heading in source.unknown
        ]


def _rank(table: str) -> tuple[int, str]:
    if table in ORDER:
        return ORDER.index(table), table
    return (len(ORDER) + 1 if table.endswith(ANSWERS) else len(ORDER)), table


def _key_column(table: str, source: SourceTable) -> str:
    return next((k for k in keys(table) if k in source.frame), "")


def _grouped(problems: list[Problem]) -> Iterator[Problem]:
    """At most LISTED_VALUES different values per code and column; the rest counted in one."""
    listed: Counter[tuple[str, str]] = Counter()
    rest: dict[tuple[str, str], list[Positions]] = {}
    for problem in problems:
        kind = (problem.code, problem.column)
        listed[kind] += 1
        if listed[kind] <= LISTED_VALUES:
            yield problem
        else:
            rest.setdefault(kind, []).append(problem.positions)
    for (code, column), positions in rest.items():
        yield Problem(code, column, "", "", np.unique(np.concatenate(positions)))


def _finding(source: SourceTable, problem: Problem) -> Finding:
    return Finding(
        severity=CODES[problem.code][0],
        code=problem.code,
        table=source.table,
        file=source.file,
        sheet=source.sheet or "",
        column=source.headings.get(problem.column, problem.column),
        value=problem.value,
        allowed=problem.allowed,
        first_row=int(np.asarray(source.rows)[problem.positions].min()),
        row_count=len(np.unique(problem.positions)),
    )


def _rejects(source: SourceTable, problems: list[Problem], bad: np.ndarray[Any, np.dtype[np.bool_]]) -> Rejects:
    at = np.flatnonzero(bad)
    place = np.cumsum(bad) - 1
    errors = tuple(
        Problem(p.code, source.headings.get(p.column, p.column), p.value, p.allowed, place[p.positions])
        for p in problems
        if CODES[p.code][0] == "error"
    )
    frame = source.frame.iloc[at].rename(columns=dict(source.headings)).reset_index(drop=True)
    return Rejects(source.table, source.file, source.sheet, frame, np.asarray(source.rows)[at], errors)
