"""The parts of the page about employees, internal service and what the staff believes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sq.analyses.employees import (
    COLLINEAR_R,
    INDEX,
    MOST_UNITS,
    RATE,
    SCALE_STATES,
    SMALLEST,
    Employees,
    Estimated,
    Outcome,
)
from sq.analyses.employees_beliefs import ASKED, Beliefs
from sq.analyses.employees_beliefs import BELIEFS as AWARENESS
from sq.analyses.employees_service import SCORE, InternalService
from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import AXIS_NAMES, PROBLEM_SIDES
from sq.figures.employees import beliefs as beliefs_figure
from sq.figures.employees import beliefs_key, changes, drivers, scales, scales_key
from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.hidden import hidden_key, hidden_share, instead_of_number
from sq.figures.ranking import ranking
from sq.figures.shades import color_key
from sq.figures.shares import bands, bands_key, problems, problems_key
from sq.language import N_, _, number
from sq.selection import Selection
from sq.ui.blocks import Column, caption, color_legend, definition, nothing_here, numbers
from sq.ui.drill import drill_chart
from sq.ui.links import choice, link_to, open_explore, plain
from sq.ui.sitemap import is_built

if TYPE_CHECKING:
    from sq.ui.frame import Reader

PART, LEVEL, AGAINST = "part", "level", "against"
PARTS: dict[str, str] = {
    "staff": N_("Satisfaction"),
    "internal": N_("Internal service"),
    "beliefs": N_("Beliefs"),
}
METRIC_OF: dict[str, str] = {
    "staff": "employee_index",
    "internal": "internal_service_score",
    "beliefs": "awareness_index",
}
MATRIX: dict[str, str] = {"departments": N_("with the other departments"), "regions": N_("with the other regions")}
MODE = "difference"
MEANWHILE = N_("Notes and events between the two waves ({count})")
MOST_PROBLEMS = 10


def nothing_brought(part: str) -> None:
    """Say that there is no such survey yet and how to bring it."""
    words = {
        "staff": N_("No survey of employees is published yet: neither answers nor results."),
        "internal": N_("No survey of internal service is published yet."),
        "beliefs": N_("No survey of service awareness is published yet."),
    }
    nothing_here(_("{what} Load its answers on the data page; a wave shows once it is closed.", what=_(words[part])))
    if is_built("data"):
        link_to("data", _("Go to the data page"), {"part": "anonymous"})


# --- employees ----------------------------------------------------------------------------------------------------


def beside_the_answer(shown: Employees) -> None:
    """How many answered, which places stand apart, what changed reliably since the wave before."""
    for sentence in (shown.response, shown.apart, shown.changed):
        if sentence is not None:
            st.markdown(plain(str(sentence)))


def bands_block(reader: Reader, shown: Employees) -> None:
    """How opinions divide on every dimension."""
    title = _("How favourable opinions are")
    st.subheader(title, anchor=False)
    if shown.bands.empty:
        nothing_here(_("Nothing is shown of employees here."))
        return
    drill_chart(bands(shown.bands, reader.theme), "sq_staff_bands", _into_dimension(shown), title)
    color_legend((*bands_key(reader.theme), *hidden_key(shown.bands, reader.theme)))
    caption(
        _("share of answers in the top two, the middle and the bottom two categories, reversed questions turned"),
        _("hatched: only a limit may be told, or nothing"),
        hidden_share(shown.bands),
        shown.caption,
        reader.as_of(),
    )
    frame = shown.bands.assign(
        label=_texts(shown.bands["label"]), words=instead_of_number(shown.bands.assign(limit=""))
    )
    columns = [
        Column("label", _("Dimension")),
        Column("favourable", _("Favourable (%)"), "number", 0, words="words"),
        Column("neutral", _("Neutral (%)"), "number", 0),
        Column("unfavourable", _("Unfavourable (%)"), "number", 0),
        Column("n", _("n"), "count"),
    ]
    numbers(frame, columns, "employee_opinions", "sq_staff_bands_n")


def _texts(labels: pd.Series[Any]) -> list[str]:
    return [str(label) for label in labels]


def _into_dimension(shown: Employees) -> Callable[[str], None]:
    return lambda key: open_explore(shown.selection.but(**{shown.subject: key}))


def changes_block(reader: Reader, shown: Employees) -> None:
    """The change of every dimension since the wave before."""
    title = _("Change since the wave before")
    st.subheader(title, anchor=False)
    if shown.before is None:
        nothing_here(_("There is no wave before this one: a change needs two."))
        return
    frame = shown.changes
    drill_chart(
        changes(frame, INDEX, reader.theme, reader.line_width), "sq_staff_changes", _into_dimension(shown), title
    )
    caption(
        _("dot and line: change of the index with its 95 % interval"),
        _(
            "dotted: the smallest difference that matters, ±{points}",
            points=number(INDEX.smallest_relevant_difference, 0),
        ),
        _("▲ reliably better, ▼ reliably worse"),
        _("compared with {wave}", wave=shown.before.name),
    )
    caption(shown.caption, reader.as_of())
    told = frame.assign(
        label=_texts(frame["label"]),
        words=instead_of_number(frame),
        verdict_words=[str(verdict_name(str(verdict))) for verdict in frame["verdict"]],
    )
    columns = [
        Column("label", _("Dimension")),
        Column("value", _("Now"), "number", words="words"),
        Column("reference", _("Before"), "number"),
        Column("difference", _("Change"), "signed"),
        Column("diff_low", _("Low (95 %)"), "signed"),
        Column("diff_high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("n", _("n"), "count"),
    ]
    numbers(told, columns, "employee_changes", "sq_staff_changes_n")


def units_block(reader: Reader, shown: Employees) -> None:
    """Places x dimensions, the two kinds of hidden cells told apart."""
    frame = shown.units.frame
    if frame.empty:
        return
    title = _("Units and dimensions")
    st.subheader(title, anchor=False)
    level_choice(shown)
    against = str(shown.units.against)
    figure = heat_map(frame, INDEX.id, reader.theme, MODE, against, reader.line_width)
    drill_chart(figure, "sq_staff_units", _into_unit(shown), title)
    color_legend((*color_key(INDEX, reader.theme, MODE), *hidden_key(frame, reader.theme)))
    caption(
        _("each cell: difference from {reference} on that dimension", reference=against),
        _("bold with ▲▼: reliable, all places and dimensions allowed for"),
        hidden_share(frame),
        _("the {count} with the lowest index of {all}", count=number(MOST_UNITS, 0), all=number(shown.total_units, 0))
        if shown.total_units > MOST_UNITS
        else "",
        shown.around,
        reader.as_of(),
    )
    numbers(_cells(frame), _cell_columns(), "employee_units", "sq_staff_units_n")


def level_choice(shown: Employees) -> None:
    """Which places stand side by side."""
    if len(shown.levels) > 1:
        choice(_("Level"), LEVEL, {level: AXIS_NAMES[level] for level in shown.levels}, hidden=True)


def _into_unit(shown: Employees) -> Callable[[str], None]:
    def picked(cell: str) -> None:
        place, subject = cell_ids(cell)
        open_explore(shown.selection.but(**{shown.level: place, shown.subject: subject}))

    return picked


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        place_text=_texts(frame["place_label"]),
        subject_text=_texts(frame["subject_label"]),
        words=instead_of_number(frame),
        verdict_words=[str(verdict_name(str(verdict))) for verdict in frame["verdict"]],
    )


def _cell_columns() -> list[Column]:
    return [
        Column("place_text", _("Place")),
        Column("subject_text", _("Subject")),
        Column("value", _("Value"), "number", words="words"),
        Column("difference", _("Difference"), "signed"),
        Column("diff_low", _("Low (95 %)"), "signed"),
        Column("diff_high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("n", _("n"), "count"),
    ]


def drivers_block(reader: Reader, shown: Employees) -> None:
    """What goes along with the intention to leave, and with overall satisfaction where it was asked."""
    for place, outcome in enumerate(shown.outcomes):
        title = _("What goes along with: {outcome}", outcome=outcome.label)
        st.subheader(title, anchor=False)
        st.markdown(plain(str(outcome.sentence)))
        if outcome.drivers.empty:
            continue
        drill_chart(
            drivers(outcome, reader.theme, reader.line_width),
            f"sq_staff_drivers_{place}",
            _into_dimension(shown),
            title,
        )
        _warnings(outcome)
        caption(
            _("dot and line: share of what all dimensions explain, with its bootstrap interval over units"),
            _("▲ the better this, the better the outcome (reversed: fewer want to leave); grey: not demonstrable"),
            _("one questionnaire told both: a mood that colours every answer makes all of them go together"),
        )
        caption(whose(outcome), _wave_of(shown), reader.as_of())
        _driver_definition()
        _driver_numbers(outcome, place)
    if not shown.outcomes:
        st.subheader(_("What goes along with wanting to leave"), anchor=False)
        nothing_here(
            _(
                "Not to be told here: it takes a dimension that asks whether people intend to leave, and {least} "
                "complete forms.",
                least=number(SMALLEST, 0),
            )
        )


def _warnings(outcome: Outcome) -> None:
    if outcome.collinear > COLLINEAR_R:
        st.warning(
            _(
                "Two dimensions go together with r = {r}: which of them it is can hardly be told.",
                r=number(outcome.collinear, 2),
            )
        )


def whose(estimated: Estimated | Outcome) -> str:
    """Whom estimates are about, and why not about the place that is selected."""
    if not estimated.is_parent:
        return _("of: {place}", place=estimated.of)
    return _(
        "of: {place}, because the place selected is too small: it takes {least} complete forms, also in what is left",
        place=estimated.of,
        least=number(SMALLEST, 0),
    )


def _wave_of(shown: Employees) -> str:
    return "" if shown.wave is None else str(shown.wave.name)


def _driver_definition() -> None:
    definition(
        _("Share of what is explained"),
        _(
            "The explained part of the differences (R²), divided among the dimensions by averaging over all orders in "
            "which they can enter (LMG; above twelve dimensions Johnson’s weights). All are taken as deviations from "
            "the mean of the unit. Demonstrable: the coefficient beside all others differs from zero, "
            "Benjamini-Hochberg over the dimensions at 5 %. Nothing here says what would change."
        ),
        _("share = mean over all orders of the gain in R² / R²"),
        source="Lindeman, Merenda & Gold (1980); Grömping (2006), J. Statistical Software 17(1)",
    )


def _driver_numbers(outcome: Outcome, place: int) -> None:
    frame = outcome.drivers.assign(
        label=_texts(outcome.drivers["label"]),
        told=[_("yes") if is_so else _("no") for is_so in outcome.drivers["is_reliable"]],
    )
    columns = [
        Column("label", _("Dimension")),
        Column("value", _("Share of what is explained (%)"), "number", 0),
        Column("low", _("Low (95 %)"), "number", 0),
        Column("high", _("High (95 %)"), "number", 0),
        Column("r", _("Correlation"), "signed", 2),
        Column("beta", _("Coefficient"), "signed", 2),
        Column("told", _("Demonstrable")),
    ]
    numbers(frame, columns, "employee_drivers", f"sq_staff_drivers_n{place}")


def scales_block(reader: Reader, shown: Employees) -> None:
    """Is every dimension one thing?"""
    st.subheader(_("Reliability of each scale"), anchor=False)
    found = shown.scales
    if found.frame.empty:
        nothing_here(
            _(
                "Not to be told here: it takes {least} complete forms of at least two questions.",
                least=number(SMALLEST, 0),
            )
        )
        return
    drill_chart(
        scales(found.frame, reader.theme, reader.line_width), "sq_scales", _into_dimension(shown), _("Reliability")
    )
    color_legend(scales_key(reader.theme))
    if found.turned:
        st.warning(
            _(
                "These questions run against their scale; were they not reversed? {items}",
                items=" · ".join(str(item) for item in found.turned),
            )
        )
    caption(
        _("dot and line: Cronbach’s alpha with its 95 % interval; ring: McDonald’s omega"),
        _("below 0.6 a dimension is no single thing, above 0.95 its questions repeat each other"),
    )
    caption(whose(found), _wave_of(shown), reader.as_of())
    definition(
        _("Reliability"),
        _(
            "How far the questions of a dimension measure the same among people: alpha of complete forms with Feldt’s "
            "interval; of two questions Spearman-Brown; omega of one common factor. It says nothing of stores."
        ),
        _("alpha = k / (k − 1) × (1 − sum of variances / variance of the sum)"),
        source="Cronbach (1951); Feldt (1965), Psychometrika 30; McDonald (1999)",
    )
    frame = found.frame.assign(
        label=_texts(found.frame["label"]), words=[_(SCALE_STATES[str(state)]) for state in found.frame["state"]]
    )
    columns = [
        Column("label", _("Dimension")),
        Column("alpha", _("Alpha"), "number", 2),
        Column("low", _("Low (95 %)"), "number", 2),
        Column("high", _("High (95 %)"), "number", 2),
        Column("omega", _("Omega"), "number", 2),
        Column("words", _("Verdict")),
        Column("n", _("n"), "count"),
    ]
    numbers(frame, columns, "employee_scales", "sq_scales_n")


def rates_block(reader: Reader, shown: Employees) -> None:
    """How many of those invited answered."""
    frame = shown.rates.frame
    if frame.empty:
        return
    st.subheader(_("Response rates"), anchor=False)
    figure = ranking(lowest(frame), RATE.id, reader.theme, str(shown.rates.against), line=reader.line_width)
    drill_chart(figure, "sq_rates", _into_place(shown), _("Response rates"))
    caption(
        _("dot and line: share of those invited who answered, with its 95 % interval"),
        _("stroke: {reference}", reference=shown.rates.against),
        _("▲▼ reliably different from {reference}", reference=shown.rates.against),
        hidden_share(frame),
        _("the {count} lowest of {all}", count=number(MOST_UNITS, 0), all=number(len(frame), 0))
        if len(frame) > MOST_UNITS
        else "",
        shown.around,
        reader.as_of(),
    )
    told = frame.assign(label=_texts(frame["label"]), words=instead_of_number(frame))
    columns = [
        Column("label", _("Place")),
        Column("value", _("Response rate (%)"), "number", 0, words="words"),
        Column("low", _("Low (95 %)"), "number", 0),
        Column("high", _("High (95 %)"), "number", 0),
        Column("n", _("Invited"), "count"),
    ]
    numbers(told, columns, "response_rates", "sq_rates_n")


def lowest(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a ranking that a chart has room for: where they are many, the lowest of those that are shown."""
    if len(frame) <= MOST_UNITS:
        return frame
    return frame[frame["value"].notna()].nsmallest(MOST_UNITS, "value").sort_values("value", ascending=False)


def _into_place(shown: Employees) -> Callable[[str], None]:
    return lambda key: open_explore(shown.selection.but(**{shown.level: key}, metric=RATE.id, dimension=""))


# --- internal service ---------------------------------------------------------------------------------------------


def matrix_block(reader: Reader, shown: InternalService, against: str) -> None:
    """Regions x departments."""
    frame = (shown.by_department if against == "departments" else shown.matrix).frame
    title = _("Which department serves which region how well")
    st.subheader(title, anchor=False)
    choice(_("Compare each cell"), AGAINST, MATRIX)
    reference = str((shown.by_department if against == "departments" else shown.matrix).against)
    figure = heat_map(frame, SCORE.id, reader.theme, MODE, reference, reader.line_width)
    drill_chart(figure, "sq_matrix", partial(_into_cell, shown), title)
    color_legend((*color_key(SCORE, reader.theme, MODE), *hidden_key(frame, reader.theme)))
    caption(
        _("rows: departments rated; columns: regions that rate"),
        _("each cell: difference from {reference}", reference=reference),
        _("bold with ▲▼: reliable, all cells allowed for"),
        hidden_share(frame),
        shown.caption,
        reader.as_of(),
    )
    numbers(_cells(frame), _cell_columns(), "internal_service", "sq_matrix_n")


def _into_cell(shown: InternalService, cell: str) -> None:
    region, department = cell_ids(cell)
    open_explore(shown.selection.but(region=region, department=department))


def departments_block(reader: Reader, shown: InternalService) -> None:
    """Departments in order."""
    title = _("Departments as the front line rates them")
    st.subheader(title, anchor=False)
    figure = ranking(shown.departments, SCORE.id, reader.theme, str(shown.against), line=reader.line_width)
    drill_chart(figure, "sq_departments", partial(_into_department, shown), title)
    caption(
        _("dot and line: score with its 95 % interval"),
        _("stroke: {reference}", reference=shown.against),
        _("▲▼ reliably different from {reference}", reference=shown.against),
        hidden_share(shown.departments),
        shown.caption,
        reader.as_of(),
    )
    frame = shown.departments.assign(place_label=shown.departments["label"], subject_label=shown.departments["label"])
    numbers(_cells(frame), [c for c in _cell_columns() if c.name != "subject_text"], "departments", "sq_departments_n")


def _into_department(shown: InternalService, department: str) -> None:
    open_explore(shown.selection.but(department=department))


def problems_block(reader: Reader, shown: InternalService) -> None:
    """What goes wrong in requests and in support."""
    frame = shown.problems
    own = frame[frame["id"] == ""] if len(frame) else frame
    st.subheader(_("What goes wrong between units: {place}", place=shown.of), anchor=False)
    if own.empty:
        nothing_here(_("No problems are told here: choose a department, or the company."))
    elif (own["limit"] != "").all():
        st.markdown(
            plain(_("Every problem is named in at most {share} % of forms.", share=number(own["share"].max(), 0)))
        )
    else:
        drill_chart(problems(own.assign(label=own["problem_label"]), reader.theme), "sq_problems")
        color_legend(problems_key(reader.theme))
        caption(_("share of forms that name the problem"), shown.caption, reader.as_of())
    apart = frame[(frame["id"] != "") & (frame["limit"] == "")] if len(frame) else frame
    if len(apart):
        _apart(reader, shown, apart)
    told = frame.assign(
        label=[str(label) or _("All departments") for label in frame["label"]] if len(frame) else [],
        side_text=[_(PROBLEM_SIDES[str(side)]) for side in frame["side"]] if len(frame) else [],
        problem_text=_texts(frame["problem_label"]) if len(frame) else [],
    )
    columns = [
        Column("label", _("Department")),
        Column("side_text", _("Side")),
        Column("problem_text", _("Problem")),
        Column("share", _("Share of forms (%)"), "number", 0),
        Column("limit", _("Limit")),
    ]
    if len(told):
        numbers(told, columns, "internal_problems", "sq_problems_n")


def _apart(reader: Reader, shown: InternalService, frame: pd.DataFrame) -> None:
    """The problems of single departments that are named often enough to be told exactly."""
    title = _("Named most often, by department")
    st.subheader(title, anchor=False)
    names = [
        _("{department}: {problem}", department=department, problem=problem)
        for department, problem in zip(frame["label"], frame["problem_label"], strict=True)
    ]
    rows = frame.assign(label=names).sort_values("share", ascending=False).head(MOST_PROBLEMS)
    drill_chart(problems(rows, reader.theme), "sq_problems_apart", alt=title)
    color_legend(problems_key(reader.theme))
    caption(_("share of forms that name the problem; up to 10 % only the limit is told"), shown.caption, reader.as_of())


# --- beliefs ------------------------------------------------------------------------------------------------------


def beliefs_block(reader: Reader, shown: Beliefs) -> None:
    """One chart per question: how important it is, how well it is done."""
    for column, (role, title) in zip(st.columns(2, gap="large"), ASKED.items(), strict=True):
        frame = shown.frame[shown.frame["role"] == role].reset_index(drop=True) if len(shown.frame) else shown.frame
        with column:
            st.subheader(_(title), anchor=False)
            if frame.empty:
                nothing_here(_("The staff was not asked this."))
                continue
            drill_chart(
                beliefs_figure(frame, reader.theme, reader.line_width),
                f"sq_beliefs_{role}",
                partial(_into, shown),
                _(title),
            )
            color_legend((*beliefs_key(reader.theme), *hidden_key(frame, reader.theme)))
            caption(
                _("number: staff minus customers; ▲ the staff believes reliably more, ▼ reliably less"),
                _("n: answers of the staff / of customers"),
                hidden_share(frame),
                shown.caption,
                *shown.notes,
                reader.as_of(),
            )
            numbers(_beliefs(frame), _belief_columns(), f"beliefs_{role}", f"sq_beliefs_{role}_n")


def _into(shown: Beliefs, touchpoint: str) -> None:
    """Into the touchpoint of an element; an element without one has nothing below it."""
    if not touchpoint:
        return
    open_explore(
        Selection(
            metric="customer_index",
            start=shown.selection.start,
            end=shown.selection.end,
            region=shown.selection.region,
            touchpoint=touchpoint,
        )
    )


def _beliefs(frame: pd.DataFrame) -> pd.DataFrame:
    sides = {"high": _("believed reliably more"), "low": _("believed reliably less")}
    return frame.assign(
        label=_texts(frame["label"]),
        question=_texts(frame["question"]),
        words=instead_of_number(frame.assign(value=frame["believed"], limit="")),
        verdict_words=[sides.get(str(verdict), "") or str(verdict_name(str(verdict))) for verdict in frame["verdict"]],
    )


def _belief_columns() -> list[Column]:
    return [
        Column("label", _("Element")),
        Column("question", _("What the staff was asked")),
        Column("believed", _("Staff believes"), "number", words="words"),
        Column("n", _("n of the staff"), "count"),
        Column("customers", _("Customers say"), "number"),
        Column("customers_n", _("n of customers"), "count"),
        Column("difference", _("Difference"), "signed"),
        Column("diff_low", _("Low (95 %)"), "signed"),
        Column("diff_high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]


def roles_block(reader: Reader, shown: Beliefs) -> None:
    """Managers and front line on the whole survey, against each other."""
    if shown.roles.empty or shown.roles_answer is None:
        return
    title = _("Managers and front line: service awareness as a whole")
    st.subheader(title, anchor=False)
    st.markdown(plain(str(shown.roles_answer)))
    figure = ranking(shown.roles, AWARENESS.id, reader.theme, str(shown.roles_against), line=reader.line_width)
    drill_chart(figure, "sq_roles", partial(_into_role, shown), title)
    caption(
        _("dot and line: score with its 95 % interval"),
        _("stroke: {reference}", reference=shown.roles_against),
        _("▲▼ reliably different from {reference}", reference=shown.roles_against),
        hidden_share(shown.roles),
        shown.caption,
        reader.as_of(),
    )
    caption(
        _(
            "Not held against customers: the index is the mean of the questions that carry a score, which customers "
            "were not asked. What the staff believes of single elements is told of all of it together only: by role "
            "the groups would be too small."
        )
    )
    frame = shown.roles.assign(place_label=shown.roles["label"], subject_label=shown.roles["label"])
    columns = [Column("place_text", _("Role of staff")), *(c for c in _cell_columns() if c.name not in _NAMES)]
    numbers(_cells(frame), columns, "awareness_roles", "sq_roles_n")


_NAMES = ("place_text", "subject_text")


def _into_role(shown: Beliefs, role: str) -> None:
    open_explore(shown.selection.but(role=role))
