"""The parts of the page on priorities: weakest links, drivers, importance and performance, lost points."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.drivers import ATTRIBUTE_NAMES, KINDS, OUTCOMES, VERDICT_NAMES, Drivers, drivers
from sq.analyses.importance import NOTHING_TO_COMPARE, QUADRANT_NAMES, importance_performance
from sq.analyses.pareto import Pareto, pareto
from sq.analyses.reach import reach
from sq.analyses.shortboards import LAYER_NAMES, Layer, Shortboards
from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.interval_rows import interval_rows
from sq.figures.priorities import (
    MOST_NAMES,
    driver_rows,
    drivers_key,
    importance,
    importance_key,
    is_crossed,
    layer_rows,
    lost_points,
    penalty_key,
    penalty_reward,
)
from sq.figures.shades import color_key
from sq.language import _, number
from sq.selection import Selection
from sq.ui.blocks import Column, caption, color_legend, definition, nothing_here, numbers, table
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import choice, open_explore, parameter, plain

if TYPE_CHECKING:
    from sq.ui.frame import Reader

ROWS_OF_A_LAYER = 8
NARROW_LINE = 14  # half-width characters of a name: three charts stand side by side
CUSTOMERS = "customer_index"


def chosen_drivers(reader: Reader, selection: Selection) -> Drivers:
    """The drivers that the address asks for."""
    return answered(reader, drivers, selection, outcome=parameter("outcome"), kind=parameter("kind"))


def shortboard_block(reader: Reader, boards: Shortboards) -> None:
    """The lowest of each layer side by side."""
    st.subheader(_("The weakest links on three layers"), anchor=False)
    for column, layer in zip(st.columns(3, gap="medium"), boards.layers, strict=True):
        with column:
            st.markdown(plain(str(layer.sentence)))
            if len(layer.frame):
                _layer_chart(reader, layer)
                _layer_numbers(layer)
    measured = boards.measured
    if measured:
        color_legend(color_key(measured[0].metric, reader.theme))
        caption(
            _("lowest first; compared with the others of the same layer"),
            _("▲ reliably better, ▼ reliably worse"),
            _("a weakest link is named only where few others could be it (Bonferroni over all comparisons)"),
            _("click a row to go into it"),
            reader.as_of(),
        )
    _shortboard_definition()


def _layer_chart(reader: Reader, layer: Layer) -> None:
    rows = layer_rows(layer.frame.head(ROWS_OF_A_LAYER), layer.metric, reader.theme, str(layer.against))
    figure = interval_rows(rows, reader.theme, _(layer.metric.name), guides=(), line=NARROW_LINE)
    drill_chart(figure, f"sq_layer_{layer.key}", partial(_open_subject, layer), str(layer.sentence))
    aim = (
        _("target {value}", value=number(layer.target, 0)) if layer.has_target else _("full mark 100: no target is set")
    )
    gain = ""
    if layer.gain:
        gain = _(
            "closing the gap of {name} is worth most: {points} points",
            name=layer.gain[0],
            points=number(layer.gain[1], 1),
        )
    caption(layer.caption, aim, gain)


def _open_subject(layer: Layer, subject: str) -> None:
    open_explore(layer.selection.but(**{layer.axis: subject}))


def _layer_numbers(layer: Layer) -> None:
    frame = layer.frame.assign(
        label=[str(label) for label in layer.frame["label"]],
        verdict_words=[str(verdict_name(verdict)) for verdict in layer.frame["verdict"]],
        candidate=[_("may be the weakest link") if may else "" for may in layer.frame["is_candidate"]],
    )
    columns = [
        Column("label", _(LAYER_NAMES[layer.key])),
        Column("value", _("Score"), "number"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("difference", _("Difference"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("weight", _("Share of the whole"), "share", 0),
        Column("target", _("Target"), "number"),
        Column("gain", _("Worth of closing the gap"), "number", 2),
        Column("candidate", _("Weakest link")),
    ]
    numbers(frame, columns, f"shortboard_{layer.key}", f"sq_layer_{layer.key}_numbers")


def _shortboard_definition() -> None:
    definition(
        _("Weakest link"),
        _(
            "The lowest of a layer, with everything that is not reliably above it (one-sided z, Bonferroni). Where "
            "more than half of a layer could be the lowest, none is named. Beside it: what closing the gap to the "
            "target is worth for the whole score, which is often another one."
        ),
        _("worth = share of the whole score × (target − score)"),
        source="Gupta (1965), Technometrics 7(2)",
    )


def driver_block(reader: Reader, found: Drivers) -> None:
    """What satisfaction goes with, and how sure that is."""
    st.subheader(_("What satisfaction goes with"), anchor=False)
    if len(found.outcomes) > 1 or len(found.kinds) > 1:
        with st.container(horizontal=not is_narrow(), gap="large"):
            if len(found.outcomes) > 1:
                choice(_("Outcome"), "outcome", {key: OUTCOMES[key] for key in found.outcomes}, hidden=True)
            if len(found.kinds) > 1:
                order = sorted(found.kinds, key=lambda key: key != found.default_kind)
                choice(_("Drivers"), "kind", {key: KINDS[key] for key in order}, hidden=True)
    st.markdown(plain(str(found.answer)))
    if found.parent_note is not None:
        caption(found.parent_note)
    for warning in found.warnings:
        st.warning(str(warning))
    if found.refusal is not None or found.frame.empty:
        return
    rows = driver_rows(found.frame, reader.theme)
    title = _("share of what is explained, %")
    figure = interval_rows(rows, reader.theme, title, guides=(), line=reader.line_width)
    drill_chart(figure, "sq_drivers", partial(_open_driver, found, reader), str(found.answer))
    color_legend(drivers_key(reader.theme))
    caption(
        _("{share} % of the differences between answers are explained", share=number(100 * found.model["r2"], 0)),
        _("dot and line: share with its 95 % interval (bootstrap of stores)")
        if found.model["by_store"]
        else _("dot and line: share with its 95 % interval (bootstrap of responses)"),
        _("both come from one questionnaire: what goes together need not be cause and effect"),
        _("click a row to go into it"),
    )
    caption(found.caption, reader.as_of())
    _driver_definition()
    _driver_numbers(found)


def _open_driver(found: Drivers, reader: Reader, subject: str) -> None:
    selection = reader.names.completed(Selection(metric=CUSTOMERS, region=parameter("region")))
    open_explore(selection.but(**{found.kind: subject}) if found.kind in {"dimension", "touchpoint"} else selection)


def _driver_definition() -> None:
    definition(
        _("Drivers"),
        _(
            "Shares of R²: LMG (Shapley) up to 12 drivers, Johnson’s relative weights above; within stores, so that "
            "what lifts a whole store is not taken for an effect. A driver is demonstrable where its coefficient "
            "beside all others is reliable (Benjamini-Hochberg over all drivers) and the way from the worst to the "
            "best answer is worth at least 3 points. Answers are not weighted. Estimated when data are published."
        ),
        _("outcome = level of the store + sum(coefficient × driver) + rest"),
        source="Lindeman, Merenda & Gold (1980); Grömping (2006), J. Statistical Software 17(1); Johnson (2000)",
    )


def _driver_numbers(found: Drivers) -> None:
    frame = found.frame.assign(
        label=[str(label) for label in found.frame["label"]],
        verdict_words=[_(VERDICT_NAMES[verdict]) for verdict in found.frame["verdict"]],
        effect=10 * found.frame["coefficient"],
        effect_low=10 * found.frame["low"],
        effect_high=10 * found.frame["high"],
    )
    columns = [
        Column("label", _("Driver")),
        Column("share", _("Share of what is explained"), "share", 1),
        Column("share_low", _("Low (95 %)"), "share", 1),
        Column("share_high", _("High (95 %)"), "share", 1),
        Column("top", _("How often the largest"), "share", 0),
        Column("effect", _("10 points higher go with"), "signed", 2),
        Column("effect_low", _("Low (95 %)"), "signed", 2),
        Column("effect_high", _("High (95 %)"), "signed", 2),
        Column("verdict_words", _("Verdict")),
        Column("r", _("r alone"), "number", 2),
        Column("inflation", _("Variance inflation"), "number", 1),
        Column("asked", _("Responses"), "count"),
    ]
    numbers(frame, columns, "drivers", "sq_drivers_numbers")


def importance_block(reader: Reader, selection: Selection, found: Drivers) -> None:
    """Stated and derived importance against performance."""
    if not found.kinds:
        return
    st.subheader(_("Importance against performance"), anchor=False)
    shown = answered(reader, importance_performance, selection, outcome=found.outcome, kind=found.kind)
    if shown.derived is None and shown.stated is None:
        nothing_here(NOTHING_TO_COMPARE)
        return
    figure = importance(shown.frame, shown.stated, shown.derived, reader.theme, is_narrow())
    drill_chart(figure, "sq_importance", partial(_open_driver, found, reader), _("Importance against performance"))
    color_legend(importance_key(reader.theme))
    asked = int(shown.frame["stated"].notna().sum())
    parts = []
    if shown.stated is None:
        parts.append(_("stated importance: asked of fewer than three subjects shown here"))
    elif asked < len(shown.frame):
        words = _("stated importance: asked of {count} of {all} subjects", count=str(asked), all=str(len(shown.frame)))
        parts.append(words)
    caption(
        *parts,
        _("a dot is a subject, its lines 95 % intervals; the quadrants meet at the means of what is shown"),
        _("names of the others: on the dots and in the table") if len(shown.frame) > MOST_NAMES else "",
        _("people call nearly everything important: trust the derived side more"),
        _("click a dot to go into it"),
    )
    caption(shown.caption, reader.as_of())
    definition(
        _("Importance"),
        _(
            "Stated: the mean of what customers answer when asked how important it is. Derived: correlation of the "
            "rating with the outcome within stores, with Fisher’s interval clustered by store."
        ),
        source="Martilla & James (1977), Journal of Marketing 41(1):77-79; GB/T 19038-2009, D",
    )
    _importance_numbers(shown.frame)


def _importance_numbers(frame: pd.DataFrame) -> None:
    told = frame.assign(
        label=[str(label) for label in frame["label"]],
        derived_words=[_(QUADRANT_NAMES[name]) for name in frame["derived_quadrant"]],
        stated_words=[_(QUADRANT_NAMES[name]) for name in frame["stated_quadrant"]],
    )
    columns = [
        Column("label", _("Subject")),
        Column("performance", _("Performance"), "number"),
        Column("performance_low", _("Low (95 %)"), "number"),
        Column("performance_high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("stated", _("Stated importance"), "number"),
        Column("stated_words", _("By what is stated")),
        Column("derived", _("Derived importance (r)"), "number", 2),
        Column("derived_low", _("Low (95 %)"), "number", 2),
        Column("derived_high", _("High (95 %)"), "number", 2),
        Column("derived_words", _("By what is derived")),
    ]
    numbers(told, columns, "importance_performance", "sq_importance_numbers")


def penalty_block(reader: Reader, found: Drivers) -> None:
    """What a low rating costs and a high one pays."""
    rows = found.reliable
    if rows.empty or not rows[["penalty", "reward"]].notna().any(axis=None):
        return
    st.subheader(_("What a bad rating costs and a good one pays"), anchor=False)
    drill_chart(
        penalty_reward(rows, reader.theme, reader.line_width),
        "sq_penalty",
        partial(_open_driver, found, reader),
        _("What a bad rating costs and a good one pays"),
    )
    color_legend(penalty_key(reader.theme))
    caption(
        _("against a rating in between, the other drivers held; low: up to 37.5, high: from 62.5 of 100"),
        _("an end needs at least 20 answers"),
        _("an end that points the other way stands in the table only") if is_crossed(rows) else "",
        found.caption,
        reader.as_of(),
    )
    definition(
        _("Penalty and reward"),
        _(
            "Regression of the outcome on two marks per driver: rated low, rated high. Only a cost: a basic attribute. "
            "Only a gain: one that excites. Both: performance."
        ),
        source="Brandt (1987); Matzler & Sauerwein (2002)",
    )
    told = rows.assign(
        label=[str(label) for label in rows["label"]], kind=[_(ATTRIBUTE_NAMES[kind]) for kind in rows["attribute"]]
    )
    columns = [
        Column("label", _("Driver")),
        Column("penalty", _("A low rating"), "signed"),
        Column("n_low", _("Answers low"), "count"),
        Column("reward", _("A high rating"), "signed"),
        Column("n_high", _("Answers high"), "count"),
        Column("kind", _("Kind")),
    ]
    numbers(told, columns, "penalty_reward", "sq_penalty_numbers")


def reach_block(reader: Reader, selection: Selection, found: Drivers) -> None:
    """The worth of what the best quarter of stores reaches."""
    if found.refusal is not None or found.frame.empty or found.kind == "element":
        return
    st.subheader(_("What reaching the best quarter of stores goes with"), anchor=False)
    shown = answered(reader, reach, selection, outcome=found.outcome, kind=found.kind)
    st.markdown(plain(str(shown.answer)))
    frame = shown.frame.assign(
        label=[str(label) for label in shown.frame["label"]],
        verdict_words=[_(VERDICT_NAMES[verdict]) for verdict in shown.frame["verdict"]],
    )
    columns = [
        Column("label", _("Subject")),
        Column("current", _("Today"), "number"),
        Column("best", _("Best quarter"), "number"),
        Column("delta", _("Way to it"), "number"),
        Column("effect", _("Goes with"), "signed", 2),
        Column("low", _("Low (95 %)"), "signed", 2),
        Column("high", _("High (95 %)"), "signed", 2),
        Column("verdict_words", _("Verdict")),
    ]
    table(frame, columns, "sq_reach")
    caption(
        _("what is, not what will be: nobody has raised anything yet"),
        _("best quarter: upper quartile of all stores, drawn towards their mean so that luck sets no target"),
        _("– where stores do not differ beyond chance"),
        shown.caption,
        reader.as_of(),
    )


def pareto_block(reader: Reader, selection: Selection) -> None:
    """The items that lose most, and where."""
    shown = answered(reader, pareto, selection)
    st.subheader(_("Which items lose most of the score"), anchor=False)
    if shown.frame.empty:
        nothing_here(shown.answer)
        return
    st.markdown(plain(str(shown.answer)))
    figure = lost_points(shown.frame, reader.theme, reader.line_width)
    drill_chart(figure, "sq_pareto", partial(_open_item, shown, "", ""), str(shown.answer))
    caption(
        _("Σ: share of all lost points up to here"),
        _("all items together lose {points} points", points=number(shown.lost, 1)),
        _("neighbours whose intervals overlap may change places"),
        _("click a bar to go into it"),
    )
    caption(shown.caption, reader.as_of())
    _pareto_numbers(shown)
    _where(reader, shown)


def _open_item(shown: Pareto, level: str, place: str, item: str) -> None:
    touchpoint = dict(zip(shown.frame["item"], shown.frame["touchpoint"], strict=True)).get(item, "")
    chosen = {level: place} if level else {}
    open_explore(shown.selection.but(touchpoint=touchpoint, item=item, **chosen))


def _pareto_numbers(shown: Pareto) -> None:
    frame = shown.frame.assign(
        label=[str(label) for label in shown.frame["label"]],
        touchpoint_label=[str(label) for label in shown.frame["touchpoint_label"]],
    )
    columns = [
        Column("label", _("Item")),
        Column("touchpoint_label", _("Touchpoint")),
        Column("lost", _("Lost points"), "number", 2),
        Column("low", _("Low (95 %)"), "number", 2),
        Column("high", _("High (95 %)"), "number", 2),
        Column("share", _("Share of all lost"), "share", 1),
        Column("cumulative", _("Cumulative"), "share", 0),
        Column("value", _("Mean mark"), "number"),
        Column("n", _("n"), "count"),
    ]
    numbers(frame, columns, "lost_points", "sq_pareto_numbers")


def _where(reader: Reader, shown: Pareto) -> None:
    """The same items by the places below."""
    if shown.where.empty:
        return
    st.subheader(_("Where these items are lost"), anchor=False)
    figure = heat_map(shown.where, shown.metric.id, reader.theme, "difference", str(shown.against), reader.line_width)

    def picked(cell: str) -> None:
        place, item = cell_ids(cell)
        _open_item(shown, shown.level, place, item)

    drill_chart(figure, "sq_where", picked, _("Where these items are lost"))
    color_legend(color_key(shown.metric, reader.theme))
    sure = shown.where["verdict"].isin(["better", "worse"]).any()
    caption(
        "" if sure else _("no place differs reliably from the others on any of these items"),
        _("mean mark 0–100 of each item, coloured by its difference from {reference}", reference=shown.against),
        _("▲ reliably better, ▼ reliably worse"),
        _("click a cell to go into it"),
        shown.caption,
        reader.as_of(),
    )
    frame = shown.where.assign(
        place_label=[str(label) for label in shown.where["place_label"]],
        subject_label=[str(label) for label in shown.where["subject_label"]],
        verdict_words=[str(verdict_name(verdict)) for verdict in shown.where["verdict"]],
    )
    columns = [
        Column("subject_label", _("Item")),
        Column("place_label", _("Place")),
        Column("value", _("Mean mark"), "number"),
        Column("difference", _("Difference"), "signed"),
        Column("diff_low", _("Low (95 %)"), "signed"),
        Column("diff_high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("n", _("n"), "count"),
    ]
    numbers(frame, columns, "lost_points_by_place", "sq_where_numbers")
