"""What is taken away: the slides of an agenda, or views, with their numbers; all that a writer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from sq.analyses.agenda import title_told
from sq.analyses.definitions import MetricDefinition, metric_definition
from sq.analyses.happened import happened
from sq.analyses.names import Names, names
from sq.analyses.noted import noted, together
from sq.analyses.slide_content import SlideContent
from sq.analyses.slide_happened import with_happened
from sq.analyses.slides import slide_content
from sq.analyses.statements import Headed, headed, sentence_of
from sq.analyses.wording import Day
from sq.errors import SqError, UnknownName
from sq.language import N_, Message, _, number
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse, current_snapshot, open_warehouse
from sq.workspace import Agenda, Slide, agendas, slides

Progress = Callable[[Message, float], None]
GATHERED = 0.6  # of the way when every number is there
MOST_SPOKEN = 30  # notes and events under the speaker's notes
# What a deck without an agenda shows: (page, query) in the order of a meeting.
STANDARD_VIEWS: tuple[tuple[str, str], ...] = (
    ("overview", ""),
    ("overview", "chart=ranking"),
    ("explore", "chart=map"),
    ("touchpoints", ""),
    ("compare", "level=store"),
)


def silent(_message: Message, _fraction: float) -> None:
    """Progress that nobody hears."""


@dataclass(frozen=True)
class Leaf:
    """One slide, sheet or section: a view with its content, a text, or the title of a section.

    ``title``, ``sentence`` and ``note`` are the writer's own words ('' = the content's).
    """

    kind: str
    title: str = ""
    sentence: str = ""
    note: str = ""
    content: SlideContent | None = None

    def heading(self) -> str:
        """The title in the current language."""
        return self.title or (str(self.content.title) if self.content else "")

    def message(self) -> str:
        """The one sentence of the slide."""
        return self.sentence or (str(self.content.answer) if self.content else "")

    def headed(self) -> Headed:
        """Topic, headline and further sentences of a view."""
        return headed(self.heading(), self.message())

    def speech(self) -> str:
        """The speaker's notes: the note, the answer where the sentence is another, and what the numbers stand on."""
        answer = str(self.content.answer) if self.content else ""
        parts = [
            self.note,
            answer if answer != self.message() else "",
            self.content.caption_line() if self.content else "",
            self._happened(),
        ]
        return "\n\n".join(part for part in parts if part)

    def _happened(self) -> str:
        """Notes and events with their whole texts, the first ones where there are very many."""
        every = self.content.happened if self.content else ()
        more = len(every) - MOST_SPOKEN
        lines = [_("Notes and events"), *(one.line() for one in every[-MOST_SPOKEN:])]
        return "\n".join([*lines, _("{count} more", count=number(more, 0))] if more > 0 else lines) if every else ""


@dataclass(frozen=True)
class Handout:
    """Leaves in order on one snapshot. ``title`` is the reader's or a Message; ``made_on`` the day of the export."""

    title: Message | str
    leaves: tuple[Leaf, ...]
    snapshot: str
    made_on: date

    @property
    def contents(self) -> tuple[SlideContent, ...]:
        """The contents of the views."""
        return tuple(leaf.content for leaf in self.leaves if leaf.content is not None)

    def definitions(self) -> tuple[MetricDefinition, ...]:
        """The definitions of the metrics shown, each once."""
        shown = [m for c in self.contents for m in (c.chart.metric, *(card.metric for card in c.cards))]
        return tuple(metric_definition(metric) for metric in dict.fromkeys(shown) if metric)

    def footer(self) -> str:
        """Snapshot and day of the export, in the current language."""
        words = N_("Snapshot {id} · exported on {day}")
        return str(Message(words, {"id": self.snapshot, "day": Day(self.made_on)}))


@dataclass(frozen=True)
class Sources:
    """The snapshot and what may be seen of it; ``folder`` holds what readers wrote."""

    warehouse: Warehouse
    scope: Scope
    names: Names
    folder: Path

    def content(self, page: str, query: str) -> SlideContent:
        """One view with the notes and events of its place and period."""
        content = slide_content(self.warehouse, self.scope, page, query, self.names)
        if content.noted_for is None:
            return content
        came = self.came(content.noted_for)
        try:
            written = noted(self.folder, self.scope, content.noted_for, self.names)
        except SqError as error:  # the workspace is away: the numbers are not
            content = replace(content, caption=(*content.caption, error.told()))
            written = came.head(0).assign(until=[], id=[])
        return with_happened(content, together(came, written))

    def came(self, selection: Selection) -> pd.DataFrame:
        """What came with the data about a place and period (`sq.analyses.happened`)."""
        return happened(self.warehouse, self.scope, selection, self.names)

    def events(self, selection: Selection) -> pd.DataFrame:
        """What came with the data and what readers wrote about a place and period. Raises WorkspaceError."""
        asked = self.names.completed(selection)
        return together(self.came(asked), noted(self.folder, self.scope, asked, self.names))


def sources(folder: Path, snapshot: str = "", scope: Scope = EVERYTHING) -> Sources:
    """The snapshot of this id, else the current one. Raises SnapshotError where it is gone."""
    warehouse = open_warehouse(folder, snapshot or current_snapshot(folder))
    return Sources(warehouse, scope, names(warehouse, scope), folder)


def agenda_handout(
    folder: Path, agenda: Agenda, scope: Scope = EVERYTHING, progress: Progress = silent, today: date | None = None
) -> Handout:
    """The slides of an agenda on its pinned snapshot. Raises SnapshotError where that is gone, WorkspaceError."""
    found, leaves = sources(folder, agenda.snapshot, scope), []
    its_slides = slides(folder, agenda.id)
    for place, slide in enumerate(its_slides):
        progress(Message(N_("Working out “{title}”"), {"title": slide.title}), GATHERED * place / len(its_slides))
        content = found.content(slide.page, slide.query) if slide.kind == "view" else None
        leaves.append(_leaf(found, slide, content))
    return Handout(agenda.title, tuple(leaves), found.warehouse.snapshot_id, today or date.today())


def _leaf(found: Sources, slide: Slide, content: SlideContent | None) -> Leaf:
    """A slide; what sq itself put into its words is told in the current language."""
    title = title_told(slide, content, lambda: found.names)
    return Leaf(slide.kind, title, sentence_of(slide, content), slide.note, content)


def views_handout(
    found: Sources,
    views: Sequence[tuple[str, str]] = STANDARD_VIEWS,
    title: Message | str = "",
    progress: Progress = silent,
    today: date | None = None,
) -> Handout:
    """Views (page, query) as a handout; a single one gives it its title."""
    leaves = []
    for place, (page, query) in enumerate(views):
        progress(Message(N_("Working out the numbers")), GATHERED * place / len(views))
        leaves.append(Leaf("view", content=found.content(page, query)))
    first = leaves[0].content if len(leaves) == 1 else None
    named = title or (first.title if isinstance(first, SlideContent) else Message(N_("Service quality")))
    return Handout(named, tuple(leaves), found.warehouse.snapshot_id, today or date.today())  # type: ignore[arg-type]


def agenda_named(folder: Path, name: str) -> Agenda:
    """The agenda with this id or title; the last changed one of several. Raises UnknownName."""
    every = agendas(folder)
    found = next((one for one in every if one.id == name), None) or next((o for o in every if o.title == name), None)
    if found is None:
        raise UnknownName(
            Message(N_("There is no agenda “{name}”."), {"name": name[:200]}),
            Message(N_("There are: {names}."), {"names": quoted(one.title for one in every)}) if every else None,
        )
    return found


def quoted(titles: Iterable[str], most: int = 10) -> str:
    """Some titles in quotation marks."""
    return ", ".join(f"“{title}”" for title in list(titles)[:most])
