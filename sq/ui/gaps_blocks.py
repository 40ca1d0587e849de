"""The parts of the gap board: the board, one gap by subject and by region, what usually helps."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.comparison import compared, verdict_name
from sq.analyses.gap_rows import POINTS
from sq.analyses.gaps import (
    FORMULAS,
    GAP_NAMES,
    GAPS,
    HOW_TO_BRING,
    QUESTIONS,
    SIDE_NAMES,
    Board,
    Gap,
    board,
    gap_places,
)
from sq.figures.gaps import board_rows, two_sides
from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.hidden import hidden_words, minimum_of, reason_of
from sq.figures.interval_rows import interval_rows
from sq.figures.shades import color_key
from sq.language import _, number, signed
from sq.metrics.catalogue import METRICS
from sq.places import data_folder
from sq.selection import Selection
from sq.settings_remedies import NONE, GapRemedies, remedies
from sq.ui.address import go_to
from sq.ui.blocks import Column, caption, color_legend, definition, nothing_here, numbers, table
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import choice, open_explore, parameter, plain, put

if TYPE_CHECKING:
    from sq.ui.frame import Reader

BOARD_LINES = 3  # the board tells where a gap lies in a sentence
# gap → the metric that explore opens with
EXPLORE = {"delivery": "mystery_score", "competitor": "mystery_score", "standards": "mystery_score"}
LOOK_AT = {
    "management": "management_score",
    "employee": "employee_index",
    "awareness": "awareness_index",
    "internal_service": "internal_service_score",
    "mystery": "mystery_score",
    "customer": "customer_index",
}


def known_remedies(key: str) -> GapRemedies:
    """What helps against a gap: read at every view, so that an edited list shows at once."""
    return remedies(data_folder()).get(key, NONE)


def the_board(reader: Reader, selection: Selection) -> Board:
    """Every gap of the selection."""
    return answered(reader, board, selection, promised=known_remedies("communication").touchpoints)


def board_block(reader: Reader, found: Board) -> None:
    """The gaps side by side: a chart of those in points, and the table of all."""
    st.subheader(_("The gap board"), anchor=False)
    rows = board_rows(found.gaps, reader.theme)
    if len(rows):
        title = _("gap in points")
        figure = interval_rows(rows, reader.theme, title, line=reader.line_width)
        drill_chart(figure, "sq_board", _choose, str(found.answer))
        color_legend(color_key(POINTS, reader.theme))
        caption(
            _("delivered or believed less required: negative is a shortfall"),
            _("mean over elements; interval 95 %"),
            _("▲ reliably better, ▼ reliably worse"),
            _("click a gap to see where it lies"),
            reader.as_of(),
        )
    _board_table(found)


def _choose(key: str) -> None:
    put(gap=key)


def _board_table(found: Board) -> None:
    rows = [
        {
            "name": _(GAP_NAMES[gap.key]),
            "question": _(QUESTIONS[gap.key]),
            "value": gap.value,
            "value_words": _value_words(gap),
            "interval": _interval(gap),
            "n": str(gap.n),
            "verdict": _verdict_words(gap),
            "where": str(gap.sentence),
        }
        for gap in found.gaps
    ]
    columns = [
        Column("name", _("Gap")),
        Column("value", _("Value"), "signed", width=90, words="value_words"),
        Column("interval", _("95 %")),
        Column("verdict", _("Verdict")),
        Column("n", _("n"), width=140),
        Column("where", _("Where it lies"), width=270),
        Column("question", _("What is asked"), width=200),
    ]
    frame = pd.DataFrame(rows)
    table(frame, columns, "sq_board_table", BOARD_LINES)
    definition(
        _("The gap model"),
        "\n".join(_("{name}: {formula}", name=_(GAP_NAMES[key]), formula=_(FORMULAS[key])) for key in GAPS),
        source="Parasuraman, Zeithaml & Berry (1985), J. Marketing 49(4):41-50; (1988), J. Retailing 64(1):12-40",
    )


def _value_words(gap: Gap) -> str:
    if not gap.is_measured:
        return _("not measured")
    if math.isnan(gap.value):
        return _("no difference taken")
    return _("{value} %", value=number(gap.value, 0)) if gap.unit == "%" else signed(gap.value, 1)


def _interval(gap: Gap) -> str:
    return "" if math.isnan(gap.low) else _("{low} to {high}", low=signed(gap.low, 1), high=signed(gap.high, 1))


def _verdict_words(gap: Gap) -> str:
    if gap.key == "standards" and gap.is_measured:
        return _("something is missing") if gap.verdict == "worse" else _("complete")
    return str(verdict_name(gap.verdict)) if gap.verdict else "–"


def gap_block(reader: Reader, selection: Selection, found: Board) -> None:
    """One gap: both sides by subject, by region, what usually helps."""
    asked = parameter("gap")
    widest = found.widest
    order = [widest, *(key for key in GAPS if key != widest)]
    st.subheader(_("Where it lies"), anchor=False)
    choice(_("Gap"), "gap", {key: GAP_NAMES[key] for key in order}, hidden=True)
    gap = found.gap(asked if asked in GAPS else widest)
    st.markdown(plain(f"{_(QUESTIONS[gap.key])} {gap.sentence}"))
    if not gap.is_measured:
        nothing_here(_(HOW_TO_BRING[gap.key]))
        _helps(gap)
        return
    if gap.key == "standards":
        _coverage(reader, gap)
    else:
        _sides(reader, selection, gap)
        _regions(reader, selection, gap)
    _helps(gap)
    _look_at(reader, selection, gap)


def _sides(reader: Reader, selection: Selection, gap: Gap) -> None:
    names = (_(SIDE_NAMES[gap.key][0]), _(SIDE_NAMES[gap.key][1]))
    figure = two_sides(gap.rows, names, reader.theme, reader.line_width, is_narrow())
    drill_chart(figure, "sq_sides", partial(_open_subject, selection, gap), str(gap.sentence))
    caption(
        *gap.notes,
        _("dot: {name}", name=names[0]),
        _("stroke: {name}", name=names[1]),
        _("line: 95 % interval of each side"),
        _("▲ reliably better, ▼ reliably worse: over all rows shown"),
        _("click a row to go into its touchpoint"),
    )
    caption(str(gap.caption), str(gap.n), reader.as_of())
    definition(_(GAP_NAMES[gap.key]), _(QUESTIONS[gap.key]), _(FORMULAS[gap.key]))
    _sides_numbers(gap, names)


def _open_subject(selection: Selection, gap: Gap, subject: str) -> None:
    """Into the touchpoint of a subject, or the competitor."""
    touchpoint = dict(zip(gap.rows["subject"], gap.rows["touchpoint"], strict=True)).get(subject, "")
    metric = EXPLORE.get(gap.key, "customer_index")
    brand = subject if gap.key == "competitor" else ""
    chosen = selection.but(metric=metric, stage="", dimension="", item="", split="", brand=brand)
    open_explore(chosen.but(touchpoint=touchpoint))


def _sides_numbers(gap: Gap, names: tuple[str, str]) -> None:
    frame = gap.rows.assign(
        label=[str(label) for label in gap.rows["label"]],
        verdict_words=[
            hidden_words(reason, minimum_of(row)) if (reason := reason_of(row)) else str(verdict_name(row["verdict"]))
            for row in gap.rows.to_dict("records")
        ],
    )
    columns = [
        Column("label", _("Subject")),
        Column("first", names[0], "number"),
        Column("first_n", _("n"), "count"),
        Column("second", names[1], "number"),
        Column("second_n", _("n of the other side"), "count"),
        Column("difference", _("Gap"), "signed"),
        Column("low", _("Low (95 %)"), "signed"),
        Column("high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]
    numbers(frame, columns, f"gap_{gap.key}", "sq_sides_numbers")


def _coverage(reader: Reader, gap: Gap) -> None:
    """Which elements have a written standard."""
    frame = gap.rows.assign(
        label=[str(label) for label in gap.rows["label"]],
        covered=[_("yes") if items else _("no") for items in gap.rows["first"]],
    )
    columns = [
        Column("label", _("Service element")),
        Column("second", _("Importance to customers"), "number"),
        Column("first", _("Checklist items"), "count"),
        Column("covered", _("Written standard")),
        Column("weight", _("Share of the checklist"), "share", 1),
    ]
    table(frame, columns, "sq_coverage")
    caption(*gap.notes, str(gap.caption), reader.as_of())
    definition(_(GAP_NAMES[gap.key]), _(QUESTIONS[gap.key]), _(FORMULAS[gap.key]))


def _regions(reader: Reader, selection: Selection, gap: Gap) -> None:
    """The same gap by region."""
    promised = known_remedies("communication").touchpoints
    wide = selection.but(region="", city="", store="")
    rows = answered(reader, gap_places, wide, key=gap.key, promised=promised)
    if rows.empty:
        return
    st.subheader(_("By region"), anchor=False)
    figure = heat_map(rows, POINTS.id, reader.theme, "difference", "", reader.line_width)
    drill_chart(figure, "sq_gap_regions", partial(_open_region, selection), _("By region"))
    color_legend(color_key(POINTS, reader.theme))
    sure = rows["verdict"].isin(["better", "worse"]).any()
    caption(
        "" if sure else _("no region has a reliable gap on any of these"),
        _("gap in points; negative: a shortfall; verdicts over all cells"),
        _("click a cell to see that region’s board"),
        reader.as_of(),
    )
    frame = rows.assign(
        place_label=[str(label) for label in rows["place_label"]],
        subject_label=[str(label) for label in rows["subject_label"]],
        verdict_words=[
            hidden_words(reason, minimum_of(row)) if (reason := reason_of(row)) else str(verdict_name(row["verdict"]))
            for row in rows.to_dict("records")
        ],
    )
    columns = [
        Column("place_label", _("Region")),
        Column("subject_label", _("Subject")),
        Column("difference", _("Gap"), "signed"),
        Column("low", _("Low (95 %)"), "signed"),
        Column("high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("first_n", _("n"), "count"),
        Column("second_n", _("n of the other side"), "count"),
    ]
    numbers(frame, columns, f"gap_{gap.key}_regions", "sq_gap_regions_numbers")


def _open_region(selection: Selection, cell: str) -> None:
    place, _subject = cell_ids(cell)
    go_to(selection.but(region=place, city="", store=""), gap=parameter("gap"))


def _helps(gap: Gap) -> None:
    """What usually helps, the remedies of the touchpoints that fall short first."""
    found = known_remedies(gap.key)
    short = set(gap.short["touchpoint"])
    own = [remedy for remedy in found.remedies if remedy.touchpoints and short & set(remedy.touchpoints)]
    general = [remedy for remedy in found.remedies if not remedy.touchpoints]
    if not own and not general:
        return
    st.subheader(_("What usually helps"), anchor=False)
    for remedy in [*own, *general]:
        st.markdown("- " + plain(str(remedy.name)))
    caption(_("from the list of remedies, which every installation may change (data/remedies.toml); not a finding"))


def _look_at(reader: Reader, selection: Selection, gap: Gap) -> None:
    """Scores that may say what lies behind."""
    rows = []
    for name in known_remedies(gap.key).look_at:
        instrument, _colon, dimension = name.partition(":")
        metric = LOOK_AT.get(instrument, "")
        if metric not in reader.names.available:
            continue
        chosen = reader.names.completed(
            Selection(metric=metric, start=selection.start, end=selection.end, region=selection.region)
        )
        frame = answered(reader, compared, chosen, ("dimension",)).frame
        frame = frame[frame["dimension"] == dimension]
        if len(frame):
            row = {str(key): value for key, value in frame.iloc[0].to_dict().items()}
            label = str(reader.names.label("dimension", dimension, instrument))
            hidden = reason_of(row)
            words = hidden_words(hidden, minimum_of(row)) if hidden else str(verdict_name(row["verdict"]))
            rows.append({**row, "label": label, "metric": _(METRICS[metric].name), "verdict_words": words})
    if not rows:
        return
    st.subheader(_("What may lie behind it"), anchor=False)
    columns = [
        Column("metric", _("Measured by")),
        Column("label", _("Dimension")),
        Column("value", _("Score"), "number"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("difference", _("Difference from the other dimensions"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]
    table(pd.DataFrame(rows), columns, "sq_look_at")
    caption(_("a low score beside a gap is a question to ask, not a proof"), reader.as_of())
