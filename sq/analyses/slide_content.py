"""What a slide, a sheet or a printed page shows of a view: words and numbers, no drawing.

Everything that shows a slide (meeting mode, PowerPoint, Excel, the HTML report) reads these and nothing else, so that
their numbers are the same. Numbers that may not be told are NaN with words in their place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import Words, hidden_name
from sq.language import N_, Message, Named, day, number
from sq.metrics.catalogue import Metric
from sq.metrics.cells import HIDDEN
from sq.selection import Selection

Told = Words | str
Way = tuple[str, dict[str, str]]
"""Key of a page and its address."""
KINDS = ("dots", "bars", "line", "heat", "stacked", "table")
LIMIT_SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True)
class Series:
    """One run of values beside the categories of a chart; every tuple has one entry per category, or none at all.

    Attributes:
        values, low, high, reference, difference, n: metric units and counts; NaN where there is none. ``low`` and
            ``high`` are the 95 % interval, ``reference`` what each value is compared with.
        verdicts: better, worse, none, too_few or ''. words: what stands in place of the number ('' = the number does).
        metric: id of the catalogue where it is another than the chart's.
    """

    name: Words
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    reference: tuple[float, ...] = ()
    difference: tuple[float, ...] = ()
    n: tuple[float, ...] = ()
    verdicts: tuple[str, ...] = ()
    words: tuple[Told, ...] = ()
    metric: str = ""

    def word(self, place: int) -> str:
        """What stands in place of a number, '' where the number does."""
        return str(self.words[place]) if self.words else ""

    def verdict(self, place: int) -> str:
        """The verdict on one value."""
        return self.verdicts[place] if self.verdicts else ""


@dataclass(frozen=True)
class Happened:
    """A note or event of a view's place and period: its days (both included), where, its kind, the text as written.

    ``number`` names its mark on a course and its line below, from 1; 0 where there is no room for a line.
    """

    start: date
    end: date
    where: Words
    kind: Words
    text: Told
    number: int = 0

    def line(self, width: int = 0) -> str:
        """The whole of it on one line, cut to so many half-width characters (0 = not at all)."""
        days = day(self.start) if self.start == self.end else f"{day(self.start)} – {day(self.end)}"
        text = " ".join(str(self.text).split())
        values = {"days": days, "kind": self.kind, "where": self.where, "what": text}
        line = str(Message(N_("{days} · {kind} · {where}: {what}"), values))
        return cut(line, width) if width else line


def text_width(text: str) -> int:
    """Half-width characters; a Chinese glyph takes two."""
    return sum(map(_width, text))


def _width(sign: str) -> int:
    return 2 if east_asian_width(sign) in "WF" else 1


def cut(text: str, width: int) -> str:
    """A text of at most so many half-width characters, with … where it was longer."""
    ends = list(accumulate(map(_width, text)))
    return text if not ends or ends[-1] <= width else text[: bisect_right(ends, width - 1)].rstrip() + "…"


@dataclass(frozen=True)
class Chart:
    """One chart as data.

    Attributes:
        kind: dots (a value with its interval and reference per category), bars (the same as lengths), line (categories
            are points in time), heat (series are columns, categories rows, colours are differences), stacked (shares
            that add up), table (no drawing: only the table behind it).
        metric: id of the catalogue, '' where the values are of none (then no shades by difference).
        unit: of the values. against: what they are compared with in words, '' where with nothing. decimals: shown.
        left_out: how many categories there are beyond these (they are in the table).
        breaks: categories (positions) at which the checklist changed. incomplete: positions of periods not over yet.
        days: of a course, the first day of each category. happened: what is marked at its foot, oldest first.
        into: page and address behind each category, where a click is not a drill along an axis of the table.
    """

    kind: str
    title: Words
    categories: tuple[Words, ...] = ()
    series: tuple[Series, ...] = ()
    metric: str = ""
    unit: Told = ""
    against: Told = ""
    decimals: int = 1
    left_out: int = 0
    breaks: tuple[int, ...] = ()
    incomplete: tuple[int, ...] = ()
    days: tuple[date, ...] = ()
    happened: tuple[Happened, ...] = ()
    into: tuple[Way, ...] = ()

    def place_of(self, when: date) -> int:
        """The position of the category in whose time a day lies; the first or last where it lies outside."""
        return max(bisect_right(self.days, when) - 1, 0)

    def marks(self) -> dict[int, list[Happened]]:
        """What began around each position."""
        found: dict[int, list[Happened]] = {}
        for one in self.happened:
            found.setdefault(self.place_of(one.start), []).append(one)
        return found

    def spans(self) -> list[tuple[int, int]]:
        """First and last position of what lasted beyond one, each pair once."""
        pairs = ((self.place_of(one.start), self.place_of(one.end)) for one in self.happened)
        return [(first, last) for first, last in dict.fromkeys(pairs) if first < last]

    def segments(self) -> tuple[range, ...]:
        """The positions between the breaks of a course: no line may join what was measured by different items."""
        edges = [0, *(place for place in self.breaks if 0 < place < len(self.categories)), len(self.categories)]
        return tuple(range(start, end) for start, end in pairwise(edges))

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw: a category, and a number or words in place of one."""
        return self.kind != "table" and bool(self.categories) and bool(self.series)


@dataclass(frozen=True)
class Card:
    """One headline number: what it is, the number in words, how it changed; verdict: better, worse or another."""

    title: Words
    value: Told
    change: Told = ""
    verdict: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Heading:
    """One column of a table: its name in the frame, its heading and its kind.

    ``kind``: text, number, signed, count, share (0-1), day or month. ``words`` names the column of texts that stand in
    place of the number where they are not empty.
    """

    name: str
    title: Words
    kind: str = "text"
    decimals: int = 1
    words: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart; cells of kind text may be Messages or Named, which ``str()`` turns into words."""

    title: Words
    frame: pd.DataFrame
    headings: tuple[Heading, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no row."""
        return self.frame.empty


@dataclass(frozen=True)
class Lower:
    """Words inside a title: "score by region"."""

    words: Words

    def __str__(self) -> str:
        return str(self.words).lower()


NO_WORDS = Named("")
NO_TABLE = Table(NO_WORDS, pd.DataFrame(), ())
NO_CHART = Chart("table", NO_WORDS)


@dataclass(frozen=True)
class SlideContent:
    """What one captured view says.

    Attributes:
        page: key of the site map; query: its address (the selection as completed).
        page_title: the page's name; title: what the chart shows. answer: the page's first sentence.
        chart, table: the main chart and the numbers behind it. cards: headline numbers. points: further sentences.
        caption: filter in words, period, n, rule; footnotes; data as of; snapshot. notes: footnotes alone.
        period, metric: in words, for headings; snapshot: the id. tables: further tables of the page.
        is_sound: False where the view names a page, place or subject that does not exist in this snapshot; then
            ``answer`` says so and there is nothing else.
        noted_for: the place and period whose notes and events belong to it, None where to no course and no card.
        charts: the charts that a slide of this view may show, by what the address calls them (``chart=``).
        happened: these, oldest first: the workspace's change at any time, so `with_happened` adds them at last.
    """

    page: str
    query: str
    page_title: Words
    title: Words
    answer: Words
    chart: Chart = NO_CHART
    table: Table = NO_TABLE
    cards: tuple[Card, ...] = ()
    points: tuple[Words, ...] = ()
    caption: tuple[Told, ...] = ()
    notes: tuple[Words, ...] = ()
    snapshot: str = ""
    tables: tuple[Table, ...] = field(default_factory=tuple)
    is_sound: bool = True
    noted_for: Selection | None = None
    happened: tuple[Happened, ...] = ()
    charts: tuple[tuple[str, Words], ...] = ()

    def caption_line(self) -> str:
        """The caption in the current language, on one line."""
        return " · ".join(text for text in map(str, self.caption) if text)

    def happened_lines(self, width: int = 0) -> list[str]:
        """What happened, a line each as its mark is numbered; the last line says how many more there are."""
        told = [f"▲{one.number} · {one.line(width)}" for one in self.happened if one.number]
        more = len(self.happened) - len(told)
        return [*told, str(Message(N_("{count} more"), {"count": number(more, 0)}))] if told and more else told


def instead(row: dict[Any, Any]) -> Words | str:
    """What stands in place of a row's number: why it is hidden, or the limit that it is; else ''."""
    reason = str(row.get("hidden_reason", ""))
    if reason in HIDDEN:
        return hidden_name(reason, float(row["minimum"]) if row.get("minimum") == row.get("minimum") else 5.0)
    limit = LIMIT_SIGNS.get(str(row.get("limit", "")), "")
    return f"{limit}{number(row['value'], 0)}" if limit else ""


def series_of(frame: pd.DataFrame, name: Words) -> Series:
    """A measured and compared frame as one series; columns that it has not stay empty."""
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    words = tuple(instead(row) for row in rows)
    return Series(
        name=name,
        values=_floats(frame, "value"),
        low=_floats(frame, "low"),
        high=_floats(frame, "high"),
        reference=_floats(frame, "reference"),
        difference=_floats(frame, "difference"),
        n=_floats(frame, "n"),
        verdicts=tuple(map(str, frame["verdict"])) if "verdict" in frame else (),
        words=words if any(map(str, words)) else (),
    )


def _floats(frame: pd.DataFrame, column: str) -> tuple[float, ...]:
    return tuple(map(float, frame[column].to_numpy(dtype=float))) if column in frame else ()


LOW, HIGH, N = Message(N_("Low (95 %)")), Message(N_("High (95 %)")), Message(N_("n"))


def comparison_table(
    title: Words, frame: pd.DataFrame, metric: Metric, labels: dict[str, Words], is_compared: bool = True
) -> Table:
    """The columns of a compared frame with their headings; ``labels``: columns of names → heading."""
    if frame.empty:
        return Table(title, frame, ())
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    shown = frame.assign(
        value_words=pd.Series([instead(row) for row in rows], index=frame.index, dtype=object),
        verdict_words=pd.Series([verdict_name(str(row.get("verdict", ""))) for row in rows], frame.index, dtype=object),
    )
    headings = [*(Heading(name, heading) for name, heading in labels.items()), *measured_headings(metric)]
    if is_compared:
        headings += compared_headings(metric)
    return Table(title, shown, tuple(h for h in headings if h.name in shown))


def measured_headings(metric: Metric) -> list[Heading]:
    """Value, interval and n."""
    return [
        Heading("value", metric.title, "number", metric.decimals, words="value_words"),
        Heading("low", LOW, "number", metric.decimals),
        Heading("high", HIGH, "number", metric.decimals),
        Heading("n", N, "count"),
    ]


def compared_headings(metric: Metric) -> list[Heading]:
    """Reference, difference, its interval and the verdict."""
    return [
        Heading("reference", Message(N_("Compared with")), "number", metric.decimals),
        Heading("difference", Message(N_("Difference")), "signed", metric.decimals),
        Heading("diff_low", Message(N_("Difference, low")), "signed", metric.decimals),
        Heading("diff_high", Message(N_("Difference, high")), "signed", metric.decimals),
        Heading("verdict_words", Message(N_("Verdict"))),
    ]


MOST_CATEGORIES = 16  # rows of text of 24 px and more that stand on one slide


def telling_rows(frame: pd.DataFrame, most: int = MOST_CATEGORIES) -> pd.DataFrame:
    """All rows where they are few; of many those that differ reliably, the largest differences, in the same order.

    Where fewer than half of ``most`` differ reliably the first and last rows fill the chart.
    """
    if len(frame) <= most:
        return frame
    reliable = frame[frame["verdict"].isin(["better", "worse"])]
    largest = set(reliable["difference"].abs().nlargest(most).index)
    ends = [*frame.index[: most // 2], *frame.index[-(most // 2) :]]
    if len(largest) < most // 2:
        largest |= set(
            sorted(ends, key=lambda i: min(ends.index(i), len(ends) - 1 - ends.index(i)))[: most - len(largest)]
        )
    return frame.loc[frame.index.isin(largest)]


def dots_chart(
    frame: pd.DataFrame,
    metric: Metric,
    title: Words,
    against: Told,
    is_compared: bool = True,
    most: int = MOST_CATEGORIES,
) -> Chart:
    """Places or parts in order as dots with intervals.

    Columns: ``label``, those of a compared frame, and ``into`` where a click is not a drill along an axis.
    """
    shown = telling_rows(frame, most) if is_compared else frame.head(most)
    return Chart(
        kind="dots",
        title=title,
        categories=tuple(shown["label"]),
        series=(series_of(shown, metric.title),) if len(shown) else (),
        metric=metric.id,
        unit=Message(metric.unit),
        against=against if is_compared else "",
        decimals=metric.decimals,
        left_out=len(frame) - len(shown),
        into=tuple(shown["into"]) if "into" in shown else (),
    )


def line_chart(frame: pd.DataFrame, metric: Metric, title: Words, breaks: Sequence[Any] = ()) -> Chart:
    """A course (columns ``month``, ``label`` and those of a measured frame) as a line."""
    months = [stamp.date() for stamp in frame["month"]]
    changed = {next((i for i, month in enumerate(months) if month >= b.month), -1) for b in breaks}
    done = frame["complete"].to_numpy(dtype=bool) if "complete" in frame else np.ones(len(frame), dtype=bool)
    return Chart(
        kind="line",
        title=title,
        categories=tuple(frame["label"]),
        series=(series_of(frame, metric.title),),
        metric=metric.id,
        unit=Message(metric.unit),
        decimals=metric.decimals,
        breaks=tuple(sorted(changed - {-1})),
        days=tuple(months),
        incomplete=tuple(int(i) for i in np.flatnonzero(~done)),
    )


def heat_chart(frame: pd.DataFrame, metric: Metric, title: Words, against: Told, most: int = 12) -> Chart:
    """Places (columns) by subjects (rows): place, place_label, subject, subject_label and a compared frame."""
    # A city whose stores lay in two regions stands once, with its larger part.
    largest = frame.sort_values("n", ascending=False, kind="stable").drop_duplicates(["place", "subject"])
    frame = frame.loc[largest.index.sort_values()]
    places = frame.drop_duplicates("place")
    subjects = frame.drop_duplicates("subject")
    kept = places.head(most)
    series = []
    for place, label in zip(kept["place"], kept["place_label"], strict=True):
        own = frame[frame["place"] == place].set_index("subject").reindex(subjects["subject"])
        own = own.assign(verdict=own["verdict"].fillna(""), hidden_reason=own["hidden_reason"].fillna(""))
        series.append(series_of(own.assign(limit=own["limit"].fillna("")), label))
    return Chart(
        kind="heat",
        title=title,
        categories=tuple(subjects["subject_label"]),
        series=tuple(series),
        metric=metric.id,
        unit=Message(metric.unit),
        against=against,
        decimals=metric.decimals,
        left_out=len(places) - len(kept),
    )
