"""Exports as a command or a page asks for them: what, from which snapshot, to which file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from sq.analyses.agenda import default_agenda
from sq.analyses.slides import PAGE_NAMES
from sq.errors import ExportError, UnknownName
from sq.exports.bulletin import bulletin, regions, title_of
from sq.exports.cards import card_page, cards_document, store_ids
from sq.exports.handout import (
    GATHERED,
    Handout,
    Leaf,
    Progress,
    agenda_handout,
    agenda_named,
    silent,
    sources,
    views_handout,
)
from sq.exports.page import report
from sq.exports.writing import file_name, numbered, write_all, write_whole
from sq.language import N_, Message, _
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope


def _deck(handout: Handout, progress: Progress) -> bytes:
    from sq.exports.deck import deck  # python-pptx takes a quarter of a second to import

    return deck(handout, progress)


def _workbook(handout: Handout, progress: Progress) -> bytes:
    from sq.exports.workbook import workbook

    return workbook(handout, progress)


KINDS: Mapping[str, tuple[str, Callable[[Handout, Progress], bytes]]] = {
    "deck": (".pptx", _deck),
    "workbook": (".xlsx", _workbook),
    "report": (".html", report),
}
MEDIA: Mapping[str, str] = {
    "deck": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report": "text/html",
}


def view_bytes(folder: Path, kind: str, page: str, query: str, scope: Scope = EVERYTHING, snapshot: str = "") -> bytes:
    """One view as a file of this kind, in the current language."""
    return KINDS[kind][1](views_handout(sources(folder, snapshot, scope), [(page, query)]), silent)


def export(
    folder: Path,
    kind: str,
    path: Path,
    agenda: str = "",
    views: list[tuple[str, str]] | None = None,
    progress: Progress = silent,
    force: bool = True,
) -> Message:
    """Write an agenda (id or title), else views, else the standard views, as deck, workbook or report.

    Raises ExportError, SnapshotError, UnknownName, WorkspaceError; then nothing was written.
    """
    ending, write = KINDS[kind]
    if path.suffix.lower() != ending:
        what = Message(N_("{file} does not end in {ending}."), {"file": path.name, "ending": ending})
        raise ExportError(what, Message(N_("Give the file this ending.")))
    if agenda:
        made = agenda_handout(folder, agenda_named(folder, agenda), progress=progress)
    else:
        made = views_handout(sources(folder), views, progress=progress) if views else _standard(folder, progress)
    write_whole(path, write(made, progress), force)
    return Message(N_("Written: {file}"), {"file": str(path)})


def _standard(folder: Path, progress: Progress) -> Handout:
    """What the agenda that builds itself would show; without any statement the standard views."""
    found = sources(folder)
    progress(Message(N_("Choosing what to show")), 0.0)
    events = found.events(Selection())
    drafts = default_agenda(found.warehouse, found.scope, Selection(), PAGE_NAMES, events, found.names)
    if not any(draft.kind == "view" for draft in drafts):
        return views_handout(found, progress=progress)
    leaves = []
    for place, draft in enumerate(drafts):
        progress(Message(N_("Working out “{title}”"), {"title": draft.title}), GATHERED * place / len(drafts))
        content = found.content(draft.page, urlencode(draft.query)) if draft.kind == "view" else None
        leaves.append(Leaf(draft.kind, str(draft.title), str(draft.sentence), content=content))
    return Handout(Message(N_("Service quality")), tuple(leaves), found.warehouse.snapshot_id, date.today())


def export_bulletins(
    folder: Path, place: Path, region: str = "", period: tuple[str, str] = ("", ""), progress: Progress = silent
) -> Message:
    """Write a bulletin per region (or of one) into a folder."""
    found, today, files = sources(folder), date.today(), {}
    wanted = _known(regions(found), region, N_("There is no region “{name}”."))
    for number, key in enumerate(wanted):
        progress(Message(N_("Bulletin of {region}"), {"region": key}), number / len(wanted))
        events = found.events(Selection(region=key, start=period[0], end=period[1]))
        name = file_name(str(title_of(found, key, period)).replace(": ", " "), ".html")
        files[place / name] = bulletin(found, key, period, events, today)
    return _written(write_all(files), place)


def export_cards(
    folder: Path,
    place: Path,
    region: str = "",
    store: str = "",
    period: tuple[str, str] = ("", ""),
    progress: Progress = silent,
) -> Message:
    """Write a card per store into a folder, and all of them as one page to print."""
    found, today, pages = sources(folder), date.today(), {}
    _known(regions(found), region, N_("There is no region “{name}”."))
    wanted = _known(store_ids(found, region), store, N_("There is no store “{name}”."))
    for number, key in enumerate(wanted):
        label = found.names.label("store", key)
        progress(Message(N_("Card of {store}"), {"store": label}), number / len(wanted))
        events = found.events(Selection(store=key, start=period[0], end=period[1]))
        pages[f"{label} {key}"] = card_page(found, key, period, events, today)
    under = _("Snapshot {id}", id=found.warehouse.snapshot_id)
    names = [file_name(title, ".html") for title in numbered(pages)]
    files = {
        place / name: cards_document(title, [page], under)
        for name, (title, page) in zip(names, pages.items(), strict=True)
    }
    every = place / file_name(_("All store cards"), ".html")
    files[every] = cards_document(_("All store cards"), list(pages.values()), under)
    return _written(write_all(files), place)


def _known(every: list[str], wanted: str, words: str) -> list[str]:
    """All, or the one that is wanted. Raises UnknownName."""
    if wanted and wanted not in every:
        raise UnknownName(Message(words, {"name": wanted[:200]}))
    return [wanted] if wanted else every


def _written(paths: list[Path], place: Path) -> Message:
    one, many = N_("{count} file written to {folder}."), N_("{count} files written to {folder}.")
    return Message(one, {"folder": str(place)}, many, len(paths))
