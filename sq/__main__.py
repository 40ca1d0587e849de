"""The command line: ``python -m sq --help``. It only wires; every command is a plain function elsewhere.

Answers go to standard output, progress and errors to standard error. With ``--progress json`` every line of standard
output is a step of `sq.jobs`. Exit codes: 0 done, 1 unexpected failure (see the log), 2 refused or not possible.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sq.errors import SqError
from sq.language import LANGUAGES, N_, Message, _, current_language, day, moment, number, use_language
from sq.places import data_folder, restoration_journal, work
from sq.records import TABLE_LABELS_ZH

if TYPE_CHECKING:  # else imported where used: a command starts faster without what it does not need
    from sq.checking import Finding
    from sq.intake import Report

LISTED_FINDINGS = 40
LEAST_STEP = 0.01  # progress smaller than this is not told
app = typer.Typer(
    name="sq", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)

profiles = typer.Typer(no_args_is_help=True, help=N_("Mapping profiles for files with their own headings and codes."))
app.add_typer(profiles, name="profile")
exports = typer.Typer(
    no_args_is_help=True, help=N_("Files to take away: PowerPoint, Excel, a report, bulletins, store cards.")
)
app.add_typer(exports, name="export")


class Language(StrEnum):
    """Languages of the interface."""

    zh = "zh"
    en = "en"


class Telling(StrEnum):
    """How progress is told."""

    plain = "plain"
    json = "json"
    none = "none"


class Layout(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


Files = Annotated[list[Path], typer.Argument(help=N_("Workbooks, CSV or Parquet files."), show_default=False)]
Profile = Annotated[
    Path | None,
    typer.Option("--profile", help=N_("Mapping profile (TOML) for files with their own headings and codes.")),
]
Tell = Annotated[Telling, typer.Option("--progress", help=N_("How progress is told."))]
NoPublish = Annotated[bool, typer.Option("--no-publish", help=N_("Do not publish afterwards."))]


@app.callback(help=N_("Service quality: from files as received to published results."))
def everywhere(
    lang: Annotated[Language | None, typer.Option("--lang", help=N_("Language of the output."))] = None,
) -> None:
    """Settings of every command."""
    if lang is not None:
        use_language(lang.value)
    _finish_restoration()


def _finish_restoration() -> None:
    """Carry a restoration that was broken off to its end before anything else happens."""
    if restoration_journal(data_folder()).exists():
        from sq.backup import finish

        finish(data_folder())


@app.command(help=N_("Build the simulated chain's files; with --import load and publish them."))
def demo(
    out: Annotated[Path | None, typer.Option("--out", help=N_("Folder for the files."))] = None,
    stores: Annotated[int, typer.Option(help=N_("Own stores."), min=1)] = 120,
    months: Annotated[int, typer.Option(help=N_("Months."), min=1)] = 24,
    visits: Annotated[int, typer.Option(help=N_("Visits per store and month."), min=1)] = 1,
    customers: Annotated[int, typer.Option(help=N_("Customer responses, about."), min=0)] = 40_000,
    waves: Annotated[int, typer.Option(help=N_("Surveys of employees, at most."), min=0)] = 4,
    seed: Annotated[int, typer.Option(help=N_("Seed of the random numbers."))] = 1,
    nothing_planted: Annotated[bool, typer.Option("--nothing-planted", help=N_("Without any planted effect."))] = False,
    load: Annotated[bool, typer.Option("--import", help=N_("Load and publish the files."))] = False,
    progress: Tell = Telling.plain,
) -> None:
    """Build the simulated chain."""
    from sq.demo import build

    teller = Teller(progress)
    place = out or work(data_folder()) / "demo"
    share = 0.4 if load else 1.0
    paths = build(
        place,
        stores=stores,
        months=months,
        visits=visits,
        customers=customers,
        waves=waves,
        seed=seed,
        planted=not nothing_planted,
        progress=teller.part(0.0, share),
    )
    built = Message(N_("The files of the simulated chain are in {folder}."), {"folder": str(place)})
    if not load:
        teller.finish("done", built)
        return
    teller.line(built)
    _import(paths, None, False, True, teller, share)


@app.command(help=N_("Write the blank workbook: every heading, an example row, drop-downs and an explanation."))
def template(out: Annotated[Path, typer.Argument(help=N_("Workbook to write."), show_default=False)]) -> None:
    """Write the blank workbook."""
    from sq.sources.template import template as write

    typer.echo(_("The blank workbook is {file}.", file=str(write(out))))


@profiles.command("draft", help=N_("Propose a profile from a file's headings and values, with what to check."))
def profile_draft(
    file: Annotated[Path, typer.Argument(help=N_("Workbook, CSV or Parquet file."), show_default=False)],
    table: Annotated[
        str | None, typer.Option("--table", help=N_("Table that the file feeds, such as customer_responses."))
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help=N_("Profile (TOML) to write."))] = None,
) -> None:
    """Draft a profile."""
    from sq.sources.draft import draft, write_draft

    if output is None:
        typer.echo(draft(file, table), nl=False)
        return
    typer.echo(_("The draft is {file}; check every line marked with ???.", file=str(write_draft(file, output, table))))


@app.command(help=N_("Check files without loading them: says what is wrong and where, and changes nothing."))
def check(
    files: Files,
    profile: Profile = None,
    findings: Annotated[
        Path | None, typer.Option("--findings", help=N_("Write the findings as a workbook with the bad cells marked."))
    ] = None,
    progress: Tell = Telling.plain,
) -> None:
    """Check a delivery."""
    from sq.intake import examine, refused_counts

    teller = Teller(progress)
    checked = examine(data_folder(), files, profile, teller.part(0.0, 1.0))
    written = _findings_file(findings, checked)
    text = Message(
        N_("{errors}, {warnings}, {notes}; {rows}."),
        {
            "errors": Message("{count} error", many="{count} errors", count=checked.count("error")),
            "warnings": Message("{count} warning", many="{count} warnings", count=checked.count("warning")),
            "notes": Message("{count} note", many="{count} notes", count=checked.count("note")),
            "rows": Message("{count} row cannot be loaded", many="{count} rows cannot be loaded", count=checked.errors),
        },
    )
    teller.finish("checked", text, counts=refused_counts(checked), findings=checked.findings, findings_file=written)
    if checked.errors:
        raise typer.Exit(2)


@app.command("import", help=N_("Check and load files as one batch, all or nothing; then publish."))
def import_(
    files: Files,
    profile: Profile = None,
    accept_valid: Annotated[
        bool,
        typer.Option("--accept-valid", help=N_("Load the valid rows; keep the others in the batch's rejects file.")),
    ] = False,
    no_publish: NoPublish = False,
    progress: Tell = Telling.plain,
) -> None:
    """Load a delivery and publish."""
    _import(files, profile, accept_valid, not no_publish, Teller(progress), 0.0)


@app.command(help=N_("List the batches: what was loaded when, and how many rows."))
def batches() -> None:
    """List the batches."""
    from sq.intake import batches as listed

    for b in listed(data_folder()):
        status = _("withdrawn {when}", when=moment(b.withdrawn_at)) if b.withdrawn_at else _("counts")
        typer.echo(f"{b.batch_id}  {moment(b.received_at)}  {status}  {', '.join(b.files)}")
        typer.echo("   " + _counts_line(asdict(b)))


@app.command(help=N_("Withdraw a batch, so that the earlier values count again; then publish."))
def withdraw(
    batch: Annotated[int, typer.Argument(help=N_("Number of the batch."), show_default=False)],
    undo: Annotated[bool, typer.Option("--undo", help=N_("Let a withdrawn batch count again."))] = False,
    no_publish: NoPublish = False,
    progress: Tell = Telling.plain,
) -> None:
    """Withdraw or restore a batch."""
    from sq.intake import restore, withdraw, writing

    teller = Teller(progress)
    folder = data_folder()
    with writing(folder):
        done = (restore if undo else withdraw)(folder, batch)
        snapshot = None if no_publish else _publish(folder, teller, 0.1)
    teller.finish("done", done, batch_id=batch, snapshot=snapshot)


@app.command("close-wave", help=N_("Close a wave of an anonymous survey before its end; then publish."))
def close_wave(
    instrument: Annotated[str, typer.Argument(help=N_("employee, internal_service or awareness."), show_default=False)],
    wave: Annotated[str, typer.Argument(help=N_("Name of the wave."), show_default=False)],
    undo: Annotated[bool, typer.Option("--undo", help=N_("Open a closed wave that was not published yet."))] = False,
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help=N_("Publish afterwards or not."))] = True,
    progress: Tell = Telling.plain,
) -> None:
    """Close a wave."""
    from sq.anonymity import close_wave as close
    from sq.intake import writing

    teller = Teller(progress)
    folder = data_folder()
    with writing(folder):
        done = close(folder, instrument, wave, undo)
        snapshot = _publish(folder, teller, 0.1) if publish else None
    teller.finish("done", done, snapshot=snapshot)


@app.command("audit", help=N_("Attack what a snapshot shows of the anonymous surveys, and print a report; 1 = a leak."))
def audit_(
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help=N_("Name of the snapshot; without it the one that is shown."))
    ] = None,
    language: Annotated[Language | None, typer.Option("--language", help=N_("Language of the report."))] = None,
    output: Annotated[Path | None, typer.Option("--output", help=N_("Write the report as .md or .html too."))] = None,
) -> None:
    """Audit a snapshot."""
    from sq.anonymity.audit import audit
    from sq.anonymity.report import markdown, report, write

    if language is not None:
        use_language(language.value)
    done = audit(data_folder(), snapshot)
    parts = report(done)
    typer.echo(markdown(parts), nl=False)
    if output is not None:
        typer.echo(_("The report is in {file}.", file=str(write(parts, output))), err=True)
    if not done.is_safe:
        raise typer.Exit(1)


@app.command(
    help=N_("Drop forms, comments and files past their time; keep the published sums. Without --yes: only show.")
)
def retain(
    months: Annotated[int, typer.Option("--months", min=1, help=N_("Whole months before this one that stay."))],
    yes: Annotated[bool, typer.Option("--yes", help=N_("Drop them; there is no way back."))] = False,
    progress: Tell = Telling.plain,
) -> None:
    """Drop what is past its time."""
    from sq.intake.retention import past
    from sq.publish_retention import first_day_kept
    from sq.publish_retention import retain as drop

    teller = Teller(progress)
    before = first_day_kept(months, dt.date.today())
    if not yes:
        found, snapshot = past(data_folder(), before), None
        outcome = Message(N_("Nothing was changed. --yes drops what is older than {day}."), {"day": day(before)})
    else:
        found, snapshot = drop(data_folder(), before, teller.part(0.0, 1.0))
        done = N_("What is older than {day} is dropped. Snapshots hold it, too: python -m sq snapshots --keep 1")
        outcome = Message(done, {"day": day(before)})
    for line in found.lines():
        teller.line(line)
    teller.finish("done", outcome, snapshot=snapshot)


@app.command(help=N_("Publish what is loaded as a new snapshot, which the app shows at once."))
def publish(progress: Tell = Telling.plain) -> None:
    """Publish a snapshot."""
    teller = Teller(progress)
    snapshot = _publish(data_folder(), teller, 0.0)
    teller.finish("done", Message(N_("Snapshot {id} is shown now."), {"id": snapshot}), snapshot=snapshot)


@app.command(help=N_("List the snapshots, the newest first; * marks the one that is shown."))
def snapshots(
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help=N_("Delete all but this many of the newest snapshots."))
    ] = None,
) -> None:
    """List or prune the snapshots."""
    from sq.publish import prune
    from sq.publish import snapshots as listed

    if keep is not None:
        for gone in prune(data_folder(), keep):
            typer.echo(_("Deleted: {id}", id=gone))
    for s in listed(data_folder()):
        created = moment(s.created_at.astimezone())
        typer.echo(f"{'*' if s.is_current else ' '} {s.id}  {created}  {number(s.size / 2**20)} MiB")


@app.command(help=N_("Show an earlier snapshot again; without a name the one before the current."))
def rollback(
    snapshot: Annotated[str | None, typer.Argument(help=N_("Name of the snapshot."), show_default=False)] = None,
    progress: Tell = Telling.plain,
) -> None:
    """Go back to an earlier snapshot."""
    from sq.publish import rollback as go_back

    Teller(progress).finish("done", go_back(data_folder(), snapshot), snapshot=snapshot)


Force = Annotated[bool, typer.Option("--force", help=N_("Replace what is there."))]


@app.command(help=N_("Write inbox, intake, snapshots and workspace into one file; it holds respondents' answers."))
def backup(
    file: Annotated[Path, typer.Argument(help=N_("File to write, such as sq.zip."), show_default=False)],
    force: Force = False,
    progress: Tell = Telling.plain,
) -> None:
    """Write a backup."""
    from sq.backup import backup as write

    teller = Teller(progress)
    teller.finish("done", write(data_folder(), file, force, teller.part(0.0, 1.0)))


@app.command(help=N_("Put a backup back, after checking every byte; with --force what is there goes aside."))
def restore(
    file: Annotated[Path, typer.Argument(help=N_("File that sq backup wrote."), show_default=False)],
    force: Force = False,
    progress: Tell = Telling.plain,
) -> None:
    """Restore a backup."""
    from sq.backup import restore as bring_back

    teller = Teller(progress)
    teller.finish("done", bring_back(data_folder(), file, force, teller.part(0.0, 1.0)))


Target = Annotated[Path, typer.Argument(help=N_("File to write."), show_default=False)]
Place = Annotated[Path, typer.Argument(help=N_("Folder to write to."), show_default=False)]
OfAgenda = Annotated[
    str, typer.Option("--agenda", help=N_("Agenda: its title or id; without it the one that builds itself."))
]
Views = Annotated[
    list[str] | None,
    typer.Option("--view", help=N_("View, as its address says it: explore?region=North; may be given several times.")),
]
Keep = Annotated[bool, typer.Option("--keep", help=N_("Refuse where the file is there already."))]
OfRegion = Annotated[str, typer.Option("--region", help=N_("Only this region."))]
From = Annotated[str, typer.Option("--from", help=N_("First month, YYYY-MM."))]
To = Annotated[str, typer.Option("--to", help=N_("Last month, YYYY-MM."))]


@exports.command("deck", help=N_("PowerPoint with editable charts and speaker notes."))
def export_deck(
    file: Target, agenda: OfAgenda = "", view: Views = None, keep: Keep = False, progress: Tell = Telling.plain
) -> None:
    """Write a deck."""
    _export("deck", file, agenda, view, keep, progress)


@exports.command("workbook", help=N_("Excel: one sheet per view with its table and chart, and the definitions."))
def export_workbook(
    file: Target, agenda: OfAgenda = "", view: Views = None, keep: Keep = False, progress: Tell = Telling.plain
) -> None:
    """Write a workbook."""
    _export("workbook", file, agenda, view, keep, progress)


@exports.command("report", help=N_("One HTML page with working charts that opens without a network."))
def export_report(
    file: Target, agenda: OfAgenda = "", view: Views = None, keep: Keep = False, progress: Tell = Telling.plain
) -> None:
    """Write a report."""
    _export("report", file, agenda, view, keep, progress)


def _export(kind: str, file: Path, agenda: str, views: list[str] | None, keep: bool, progress: Telling) -> None:
    from sq.exports.exporting import export

    teller = Teller(progress)
    asked = [(page.strip("/"), query) for page, _mark, query in (view.partition("?") for view in views or [])]
    done = export(data_folder(), kind, file, agenda, asked, teller.part(0.0, 1.0), force=not keep)
    teller.finish("done", done)


@exports.command("bulletin", help=N_("A bulletin per region, to print or to send."))
def export_bulletin(
    folder: Place, region: OfRegion = "", start: From = "", end: To = "", progress: Tell = Telling.plain
) -> None:
    """Write bulletins."""
    from sq.exports.exporting import export_bulletins

    teller = Teller(progress)
    teller.finish("done", export_bulletins(data_folder(), folder, region, (start, end), teller.part(0.0, 1.0)))


@exports.command("cards", help=N_("A one-page card per store, and all of them as one page to print."))
def export_store_cards(
    folder: Place,
    region: OfRegion = "",
    store: Annotated[str, typer.Option("--store", help=N_("Only this store."))] = "",
    start: From = "",
    end: To = "",
    progress: Tell = Telling.plain,
) -> None:
    """Write store cards."""
    from sq.exports.exporting import export_cards

    teller = Teller(progress)
    teller.finish("done", export_cards(data_folder(), folder, region, store, (start, end), teller.part(0.0, 1.0)))


@app.command(help=N_("Print a metric exactly as a page shows it."))
def score(
    metric: Annotated[str, typer.Option("--metric", help=N_("Name of the metric, such as mystery_score."))],
    by: Annotated[str, typer.Option("--by", help=N_("Level or axis: chain, region, city, store, month ..."))] = "chain",
    where: Annotated[
        list[str] | None, typer.Option("--where", help=N_("Filter key=value; may be given several times."))
    ] = None,
    start: Annotated[str, typer.Option("--from", help=N_("First month, YYYY-MM."))] = "",
    end: Annotated[str, typer.Option("--to", help=N_("Last month, YYYY-MM."))] = "",
    layout: Annotated[Layout, typer.Option("--format", help=N_("How the table is printed."))] = Layout.table,
) -> None:
    """Measure a metric."""
    from sq.analyses.score import score as measured

    rows = measured(data_folder(), metric, by, _filters(where or []), start, end)
    match layout:
        case Layout.csv:
            text = rows.to_csv(index=False, lineterminator="\n")
        case Layout.json:
            text = rows.to_json(orient="records", force_ascii=False, indent=1, double_precision=15) + "\n"
        case Layout.table if rows.empty:
            text = _("Nothing was measured here. Choose another place or period.") + "\n"
        case Layout.table:
            text = rows.to_string(index=False, na_rep="") + "\n"
    typer.echo(text, nl=False)


class Teller:
    """Tells progress and results: plain lines for people, lines of JSON for a page."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        self.last = ("", -1.0)

    def part(self, start: float, end: float) -> Callable[[Message, float], None]:
        """Progress of one stretch of the whole, as the commands below report it."""
        return lambda message, fraction: self.step(message, start + (end - start) * min(max(fraction, 0.0), 1.0))

    def step(self, message: Message, fraction: float) -> None:
        """Tell one step, unless nothing has changed."""
        words, told = self.last
        if self.telling == Telling.json and (str(message) != words or fraction - told >= LEAST_STEP):
            from sq.jobs import Step, step_line

            typer.echo(step_line(Step(message, fraction)))
            sys.stdout.flush()
        elif self.telling == Telling.plain and str(message) != words:
            typer.echo(f"{fraction:4.0%}  {message}", err=True)
        else:
            return
        self.last = (str(message), fraction)

    def line(self, message: Message) -> None:
        """Tell something on the way."""
        if self.telling != Telling.json:
            typer.echo(str(message))

    def finish(
        self,
        outcome: str,
        message: Message,
        counts: Iterable[Any] = (),
        findings: Iterable[Finding] = (),
        **more: Any,
    ) -> None:
        """Tell the result; the last thing a command says."""
        counts, findings = tuple(counts), tuple(findings)
        if self.telling == Telling.json:
            from sq.jobs import Counts, Result, Step, step_line

            told = tuple(Counts(**asdict(c)) for c in counts)
            result = Result(outcome, message, counts=told, findings=findings, **more)
            typer.echo(step_line(Step(message, 1.0, result)))
            return
        _tell_findings(findings)
        for c in counts:
            line = _prospect_line if outcome in {"checked", "refused"} else _counts_line
            typer.echo(f"{_table_name(c.table)}: {line(asdict(c))}")
        typer.echo(str(message))
        if more.get("rejects_file"):
            typer.echo(_("The refused rows are in {file}.", file=str(more["rejects_file"])))
        if more.get("snapshot") and outcome != "done":
            typer.echo(_("Snapshot {id} is shown now.", id=more["snapshot"]))
        if outcome == "refused":
            typer.echo(_("Correct the rows and import again, or load the valid ones with --accept-valid."), err=True)


def _import(
    files: list[Path], profile: Path | None, accept_valid: bool, and_publish: bool, teller: Teller, begun: float
) -> None:
    from sq.intake import load, writing

    folder = data_folder()
    middle = begun + (1 - begun) * (0.5 if and_publish else 1.0)
    with writing(folder):
        report = load(folder, files, profile, accept_valid, teller.part(begun, middle))
        snapshot = _publish(folder, teller, middle) if and_publish and _is_new(report) else None
    teller.finish(
        report.outcome,
        report.message,
        counts=report.counts,
        findings=report.findings,
        batch_id=report.batch_id,
        snapshot=snapshot,
        rejects_file=Path(report.rejects_file) if report.rejects_file else None,
    )
    if report.outcome == "refused":
        raise typer.Exit(2)


def _is_new(report: Report) -> bool:
    """Whether there is something to publish: a new batch, or one whose publication was broken off."""
    return report.outcome == "loaded" or (report.outcome == "same" and not _is_shown(report.batch_id))


def _is_shown(batch: int | None) -> bool:
    from sq.analyses.coverage import coverage
    from sq.warehouse import Scope, current_snapshot, open_warehouse

    folder = data_folder()
    try:
        shown = coverage(open_warehouse(folder, current_snapshot(folder)), Scope())
    except SqError:
        return False
    return batch in set(shown.batches["batch_id"])


def _publish(folder: Path, teller: Teller, begun: float) -> str:
    from sq.publish import publish

    return publish(folder, teller.part(begun, 1.0))


def _findings_file(path: Path | None, checked: Any) -> Path | None:
    if path is None or not checked.findings:
        return None
    from sq.exports.findings import findings_workbook

    return findings_workbook(path, checked)


def _tell_findings(findings: tuple[Finding, ...]) -> None:
    words = {"error": _("Error"), "warning": _("Warning"), "note": _("Note")}
    for finding in findings[:LISTED_FINDINGS]:
        typer.echo(f"{words[finding.severity]}: {finding.message}", err=True)
    if len(findings) > LISTED_FINDINGS:
        typer.echo(_("... and {count} further findings.", count=len(findings) - LISTED_FINDINGS), err=True)


def _counts_line(counts: dict[str, Any]) -> str:
    names = ("read", "new", "changed", "unchanged", "rejected", "skipped")
    values = {name: number(counts[name], 0) for name in names}
    text = N_(
        "{read} read = {new} new + {changed} changed + {unchanged} unchanged + {rejected} rejected + {skipped} skipped"
    )
    return _(text, **values)


def _prospect_line(counts: dict[str, Any]) -> str:
    values = {name: number(counts[name], 0) for name in ("read", "new", "rejected", "skipped")}
    return _("{read} read, {new} can be loaded, {rejected} cannot, {skipped} skipped", **values)


def _table_name(table: str) -> str:
    return TABLE_LABELS_ZH.get(table, table) if current_language() == "zh" else table


def _filters(pairs: list[str]) -> dict[str, str]:
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise SqError(
            Message(N_("The filter “{filter}” has no value."), {"filter": wrong[0]}),
            Message(N_("Write it as key=value, for example region=North.")),
        )
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run a command; every failure becomes a sentence."""
    given = sys.argv[1:] if arguments is None else arguments
    _speak_early(given)
    telling = Telling.json if "json" in _values(given, "--progress") else Telling.plain
    try:
        localised(typer.main.get_command(app)).main(given, "sq")
    except SqError as error:
        return _fail(telling, error.what, error.next_step)
    except SystemExit as end:  # typer ends every command this way, and tells wrong usage itself
        return int(end.code or 0)
    except KeyboardInterrupt:
        return _fail(telling, Message(N_("Broken off.")), None, 130)
    except Exception:
        log = _logged(given)
        where = Message(N_("The details are in {file}."), {"file": str(log)}) if log else None
        return _fail(telling, Message(N_("Something unexpected happened; nothing was changed by halves.")), where, 1)
    return 0


def _fail(telling: Telling, what: Message, next_step: Message | None, code: int = 2) -> int:
    whole = what if next_step is None else Message(N_("{what} {next}"), {"what": what, "next": next_step})
    if telling == Telling.json:
        Teller(telling).finish("failed", whole)
    typer.echo(str(whole), err=True)
    return code


def _logged(arguments: list[str]) -> Path | None:
    """Append the traceback to today's log; None when even that fails."""
    with suppress(OSError):
        now = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the clock on the wall of the office
        path = data_folder() / "log" / f"{now:%Y-%m-%d}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{now} sq {json.dumps(arguments, ensure_ascii=False)}\n{traceback.format_exc()}\n")
        return path
    return None


def _speak_early(arguments: list[str]) -> None:
    """Find --lang before the commands are built: their help is translated too."""
    for language in _values(arguments, "--lang"):
        if language in LANGUAGES:
            use_language(language)


def _values(arguments: list[str], option: str) -> list[str]:
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return [b if a == option else a.partition("=")[2] for a, b in pairs if a.partition("=")[0] == option]


def localised(command: Any) -> Any:
    """Translate the help of a command, its options and its sub-commands."""
    command.help = _(command.help) if command.help else None
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            parameter.help = _(text)
    for child in getattr(command, "commands", {}).values():
        localised(child)
    return command


def run() -> NoReturn:
    """Run and leave with the exit code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
