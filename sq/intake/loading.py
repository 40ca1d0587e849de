"""Loads a delivery as one batch: everything or nothing, in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from sq.checking import Block, Checked, CheckedTable, Finding, Known, advice, check
from sq.errors import IntakeError
from sq.intake.connection import column_types, count, names, open_intake, statement, told, writing
from sq.intake.inbox import Received, file_sha256, keep, received, write_rejects
from sq.intake.people import coded
from sq.intake.retention import retained_until
from sq.intake.views import create_current_views
from sq.language import N_, Message
from sq.places import inbox, intake_file, plain_name
from sq.records import RECORDS, RESPONSE_TABLES, keys
from sq.sources import SourceTable, read_files
from sq.sources.profile_checks import load_profile

Progress = Callable[[Message, float], None]
ANSWERS = "_answers"
LOADED, SAME, REFUSED = "loaded", "same", "refused"


@dataclass(frozen=True)
class TableCounts:
    """Rows of one table in a batch: read = new + changed + unchanged + rejected + skipped."""

    table: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Report:
    """What became of a delivery. ``outcome``: loaded, same (nothing changed) or refused (nothing loaded)."""

    outcome: str
    batch_id: int | None
    counts: tuple[TableCounts, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejects_file: str | None = None
    checked: Checked | None = field(default=None, repr=False)

    @property
    def message(self) -> Message:
        """One sentence."""
        if self.outcome == SAME:
            text = N_("Nothing changed: these files were loaded before as batch {batch}.")
            return Message(text, {"batch": self.batch_id})
        if self.outcome == REFUSED:
            return Message(
                "Nothing was loaded: {count} row has an error.",
                many="Nothing was loaded: {count} rows have errors.",
                count=sum(c.rejected for c in self.counts),
            )
        total = {n: sum(getattr(c, n) for c in self.counts) for n in ("new", "changed", "unchanged", "rejected")}
        text = N_(
            "Batch {batch} is loaded: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected rows."
        )
        return Message(text, {"batch": self.batch_id, **total})


def silent(_message: Message, _fraction: float) -> None:
    """Progress that nobody watches."""


def examine(folder: Path, paths: Sequence[Path], profile: Path | None = None, progress: Progress = silent) -> Checked:
    """Check a delivery without loading it."""
    known = Known()
    if intake_file(folder).exists():
        with open_intake(folder, read_only=True) as con:
            create_current_views(con)
            known = known_names(con)
    return _checked(paths, profile, known, progress)


def load(
    folder: Path,
    paths: Sequence[Path],
    profile: Path | None = None,
    accept_valid: bool = False,
    progress: Progress = silent,
) -> Report:
    """Check a delivery and load it as one batch; a refused or failed one leaves the intake as it was.

    Raises:
        SqError: a file cannot be read, another import is running, or writing fails.
    """
    files = received(paths)
    with writing(folder), open_intake(folder) as con:
        create_current_views(con)
        if (batch := _same_batch(con, files, profile)) is not None:
            return Report(SAME, batch)
        checked = _checked([f.path for f in files], profile, known_names(con), progress)
        return load_checked(con, folder, files, checked, profile, accept_valid, progress)


def load_checked(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    files: Sequence[Received],
    checked: Checked,
    profile: Path | None = None,
    accept_valid: bool = False,
    progress: Progress = silent,
) -> Report:
    """Write a checked delivery; the current views of ``con`` stand as before it."""
    findings = tuple(checked.findings)
    if checked.errors and not (accept_valid and any(len(t.rows) for t in checked.tables)):
        return Report(REFUSED, None, refused_counts(checked), findings, checked=checked)
    progress(Message(N_("Writing the rows")), 0.6)
    with told(), _all_or_nothing(con) as made:
        batch = count(con, statement("next_batch"))
        _write_batch(con, batch, files, profile, findings)
        for file in files:
            made += [place] if (place := keep(folder, file)) else []
        rejects = None
        if checked.rejects:
            rejects = inbox(folder) / f"batch-{batch}" / "rejects.csv"
            made.append(rejects.parent)
            write_rejects(rejects, checked.rejects)
        counts = tuple(_write_tables(con, batch, checked))
    progress(Message(N_("The batch is loaded")), 1.0)
    return Report(LOADED, batch, counts, findings, str(rejects) if rejects else None, checked)


def known_names(con: duckdb.DuckDBPyConnection) -> Known:
    """What the current rows allow a delivery to refer to."""
    known = Known()
    known.add("stores", _arrow(con, statement("known_stores")))
    known.add("items", _arrow(con, statement("known_items")))
    known.touchpoints = {t for (t,) in con.execute("SELECT touchpoint_id FROM cur_touchpoints").fetchall()}
    known.dimensions = set(con.execute("SELECT instrument, dimension_id FROM cur_dimensions").fetchall())
    known.dropped_before = retained_until(con)
    known.add("waves", _arrow(con, statement("known_waves")))
    known.add("departments", _arrow(con, "SELECT department_id, name_zh FROM cur_departments"))
    for table, (instrument, id_column, day) in RESPONSE_TABLES.items():
        forms = _arrow(con, _known_forms(table, instrument, id_column, day))
        if len(forms):
            known.add_responses(instrument, forms["response_id"], forms["answered_on"])
        if len(forms) and not day:
            known.add_form_waves(instrument, forms["response_id"], forms["wave_id"])
    return known


def _known_forms(table: str, instrument: str, id_column: str, day: str) -> str:
    if day:
        return statement("known_responses", table=table, id=id_column, day=day)
    return statement("known_wave_responses", table=table, id=id_column, instrument=instrument)


def _arrow(con: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    return con.sql(query).to_arrow_table()


def _checked(paths: Sequence[Path], profile: Path | None, known: Known, progress: Progress) -> Checked:
    progress(Message(N_("Reading the files")), 0.0)
    tables = list(_told_tables(read_files(paths, profile, known.item_ids()), progress))
    progress(Message(N_("Checking the rows")), 0.4)
    checked = check(_emptied(tables), known)
    if profile is not None:
        checked.findings[:0] = advice(checked.findings, load_profile(profile))
    return checked


def _told_tables(tables: Iterable[SourceTable], progress: Progress) -> Iterator[SourceTable]:
    for table in tables:
        progress(Message(N_("Read {file}"), {"file": table.file}), 0.2)
        yield table


def _emptied(tables: list[SourceTable]) -> Iterator[SourceTable]:
    """Hand over tables without keeping them: wide forms are large."""
    tables.reverse()
    while tables:
        yield tables.pop()


def _same_batch(con: duckdb.DuckDBPyConnection, files: Sequence[Received], profile: Path | None) -> int | None:
    values = {"profile": _profile_sha256(profile), "hashes": [f.sha256 for f in files]}
    row = con.execute(statement("same_files"), values).fetchone()
    return int(row[0]) if row else None


def _profile_sha256(profile: Path | None) -> str:
    return file_sha256(profile) if profile and profile.is_file() else ""


@contextmanager
def _all_or_nothing(con: duckdb.DuckDBPyConnection) -> Iterator[list[Path]]:
    """One transaction; if it fails, the files made for it (to be appended to the list) go too."""
    made: list[Path] = []
    con.execute("BEGIN")
    try:
        yield made
        con.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # the failure itself may have rolled back
            con.execute("ROLLBACK")
        for path in made:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def _write_batch(
    con: duckdb.DuckDBPyConnection,
    batch: int,
    files: Sequence[Received],
    profile: Path | None,
    findings: Iterable[Finding],
) -> None:
    now = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the clock on the wall of the office
    name = plain_name(profile) if profile else None
    con.execute(statement("insert_batch"), [batch, now, name, _profile_sha256(profile), [f.name for f in files]])
    for file in files:
        con.execute(statement("insert_file"), [batch, file.name, file.sha256, file.bytes, file.kept_as])
    if rows := [asdict(finding) for finding in findings]:  # a file of 16,384 unknown columns has as many
        con.register("incoming", pa.Table.from_pylist(rows))
        con.execute(statement("insert_findings"), [batch])
        con.unregister("incoming")


def _write_tables(con: duckdb.DuckDBPyConnection, batch: int, checked: Checked) -> Iterator[TableCounts]:
    """Insert answers first, so that a form counts as changed when one of its answers is."""
    grouped: dict[str, list[CheckedTable]] = {}
    for part in checked.tables:
        grouped.setdefault(part.table, []).append(part)
    for file, table in dict.fromkeys((part.file, part.table) for part in checked.tables):
        con.execute(statement("insert_file_table"), [batch, file, table])
    for table, parts in grouped.items():
        for block in (b for part in parts for b in part.blocks):
            _insert_block(con, batch, RESPONSE_TABLES[table][0], block)
    long = [_insert_long(con, batch, table, parts) for table, parts in grouped.items() if table.endswith(ANSWERS)]
    con.execute(statement("no_headed_forms"))
    for table, (instrument, id_column, _) in RESPONSE_TABLES.items():
        con.execute(statement("headed_forms", table=table, id=id_column), [instrument])
    con.execute(statement("differing_answers"), {"batch": batch})
    rows = [_insert_rows(con, batch, table, parts) for table, parts in grouped.items() if table in RECORDS]
    for counts in (*rows, *long):
        _assert_complete(counts)
        values = [counts.read, counts.new, counts.changed, counts.unchanged, counts.rejected, counts.skipped]
        con.execute(statement("insert_counts"), [batch, counts.table, *values])
        yield counts


def _insert_block(con: duckdb.DuckDBPyConnection, batch: int, instrument: str, block: Block) -> None:
    columns = {f"i{k}": values for k, values in enumerate(block.values)}
    item_set = hashlib.sha256("\n".join(block.items).encode()).hexdigest()
    con.register("incoming", pa.table({"response_id": block.ids, **columns}))
    listed = names(columns)
    con.execute(statement("insert_wide_answers", columns=listed), [batch, instrument, list(block.items)])
    con.execute(statement("insert_answered_wide", columns=listed), [batch, instrument, item_set])
    con.unregister("incoming")


def _insert_long(con: duckdb.DuckDBPyConnection, batch: int, table: str, parts: Sequence[CheckedTable]) -> TableCounts:
    instrument = RESPONSE_TABLES[table.removesuffix(ANSWERS)][0]
    con.register("incoming", pa.concat_tables([p.rows for p in parts]))
    new, changed = con.execute(statement("long_counts"), [instrument]).fetchone() or (0, 0)
    con.execute(statement("insert_long_answers"), [batch, instrument])
    con.execute(statement("insert_answered_long"), [batch, instrument])
    con.unregister("incoming")
    return _counts(table, parts, new, changed)


def _insert_rows(con: duckdb.DuckDBPyConnection, batch: int, table: str, parts: Sequence[CheckedTable]) -> TableCounts:
    rows = [p.rows.append_column("source_file", pa.repeat(pa.scalar(p.file), len(p.rows))) for p in parts]
    con.register("incoming", coded(con, table, pa.concat_tables(rows)))
    columns = list(column_types(table))
    differs = " OR ".join(f'i."{c}" IS DISTINCT FROM c."{c}"' for c in columns)
    same_key = " AND ".join(f'i."{c}" IS NOT DISTINCT FROM c."{c}"' for c in keys(table))
    new, changed = con.execute(
        statement(
            "row_counts",
            table=table,
            differs=differs,
            answers_differ=_answers_differ(table),
            same_key=same_key,
        )
    ).fetchone() or (0, 0)
    con.execute(statement("insert_rows", table=table, columns=names(columns)), [batch])
    con.unregister("incoming")
    return _counts(table, parts, new, changed)


def _answers_differ(table: str) -> str:
    if table not in RESPONSE_TABLES:
        return "false"
    instrument, id_column, _ = RESPONSE_TABLES[table]
    return statement("answers_differ", instrument=instrument, id=id_column)


def _counts(table: str, parts: Sequence[CheckedTable], new: int, changed: int) -> TableCounts:
    accepted = sum(len(p.rows) for p in parts)
    return TableCounts(
        table=table,
        read=sum(p.read for p in parts),
        new=new,
        changed=changed,
        unchanged=accepted - new - changed,
        rejected=sum(p.rejected for p in parts),
        skipped=sum(p.skipped for p in parts),
    )


def refused_counts(checked: Checked) -> tuple[TableCounts, ...]:
    """Rows per table of a delivery that was not loaded; acceptable ones count as new, compared with nothing."""
    tables: dict[str, list[CheckedTable]] = {}
    for part in checked.tables:
        tables.setdefault(part.table, []).append(part)
    return tuple(_counts(t, parts, sum(len(p.rows) for p in parts), 0) for t, parts in tables.items())


def _assert_complete(counts: TableCounts) -> None:
    """Nothing lost: every row read is accounted for."""
    told_of = counts.new + counts.changed + counts.unchanged + counts.rejected + counts.skipped
    if counts.read != told_of or counts.unchanged < 0:
        raise IntakeError(
            Message(
                N_("The rows of {table} do not add up: {read} read, {told} accounted for."),
                {"table": counts.table, "read": counts.read, "told": told_of},
            ),
            Message(N_("Nothing was loaded. Please report this with the file.")),
        )
