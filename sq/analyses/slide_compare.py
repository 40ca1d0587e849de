"""Places side by side as a slide: values with intervals, who differs, what is luck."""

from __future__ import annotations

from sq.analyses.slide_content import (
    Heading,
    Lower,
    SlideContent,
    Table,
    comparison_table,
    dots_chart,
)
from sq.analyses.slides import View
from sq.analyses.standing import Standing, standing
from sq.analyses.wording import axis_name
from sq.language import N_, Message
from sq.selection import PLACE_PATH

BY_AXIS = N_("{metric} by {axis}")


def compare_slide(view: View) -> SlideContent:
    """The places of the page's level (``level``, ``units`` of the address) with their values as measured."""
    picked = picked_in(view)
    level = view.query.get("level", "")
    shown = standing(view.warehouse, view.scope, view.selection, view.names, level=level, picked=picked)
    title = Message(BY_AXIS, {"metric": shown.metric.title, "axis": Lower(axis_name(shown.level))})
    if shown.units.empty:
        return view.content(title, shown.answer, caption=(shown.caption,), notes=shown.notes)
    compared = shown.compare_kind != "none"
    return view.content(
        title,
        shown.answer,
        chart=dots_chart(shown.units, shown.metric, title, shown.against, compared),
        table=_table(shown, title),
        points=(shown.luck,) if len(shown.units) > 1 else (),
        caption=(shown.caption,),
        notes=shown.notes,
    )


def picked_in(view: View) -> tuple[str, ...]:
    """The places that the address picks (ids with ``,`` and ``%`` escaped); unknown ones are left out."""
    asked = [part.replace("%2C", ",").replace("%25", "%") for part in view.query.get("units", "").split(",") if part]
    labels = view.names.labels
    level = view.query.get("level", "") or next(
        (axis for axis in reversed(PLACE_PATH) if asked and asked[0] in labels[axis]), ""
    )
    known = labels.get(level, {}) if level in PLACE_PATH else {}
    return tuple(dict.fromkeys(key for key in asked if key in known))


def _table(shown: Standing, title: Message) -> Table:
    frame = shown.units.assign(
        **{name: shown.units[name].where(shown.units["rank"] > 0) for name in ("rank", "rank_best", "rank_worst")}
    )
    table = comparison_table(
        title, frame, shown.metric, {"label": axis_name(shown.level)}, shown.compare_kind != "none"
    )
    decimals = shown.metric.decimals
    ranks = (
        Heading("estimate", Message(N_("Best estimate")), "number", decimals),
        Heading("estimate_low", Message(N_("Best estimate, low")), "number", decimals),
        Heading("estimate_high", Message(N_("Best estimate, high")), "number", decimals),
        Heading("rank", Message(N_("Rank")), "count"),
        Heading("rank_best", Message(N_("Rank, best")), "count"),
        Heading("rank_worst", Message(N_("Rank, worst")), "count"),
    )
    return Table(title, table.frame, (*table.headings[:5], *ranks, *table.headings[5:]))
