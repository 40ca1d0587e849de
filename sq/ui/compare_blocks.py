"""The parts of the compare page: what is compared, dots, funnel and ranks, courses, profile, competitors, planner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.competitors import competitors
from sq.analyses.fairness import beside_adjusted, fairness, told_of_places
from sq.analyses.planner import EVERYBODY, NOT_PLANNED, plan
from sq.analyses.standing import Shrinkage, Standing, among_peers, courses, peers, profiles
from sq.analyses.wording import AXIS_NAMES, axis_name
from sq.figures.funnel import funnel
from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.hidden import hidden_key, hidden_share, instead_of_number
from sq.figures.planner import planner
from sq.figures.profile import MOST_PROFILES, profile
from sq.figures.profile import competitors as competitors_figure
from sq.figures.shades import color_key
from sq.figures.small_multiples import MOST, NAME_WIDTH, NAME_WIDTH_ON_PHONES, halves, places_of, small_multiples
from sq.figures.standing import ADJUSTED, SCALES, dots, rank_intervals
from sq.language import N_, Message, _, listing, number
from sq.metrics.catalogue import Metric
from sq.selection import PLACE_PATH, Selection
from sq.statistics.estimable import NotEstimable
from sq.ui.address import go_to
from sq.ui.blocks import Column, caption, color_legend, nothing_here, numbers
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import choice, open_explore, page_number, pager, parameter, put
from sq.ui.notes_blocks import notes_block, what_happened
from sq.ui.sitemap import is_built, page_named

if TYPE_CHECKING:
    from sq.ui.frame import Reader

ROWS = 24  # rows of a chart on the screen at once
UNITS, LEVEL, PEERS_OF, PLAN_FOR, SEE = "units", "level", "of", "plan", "see"
CLEARED = {UNITS: "", LEVEL: "", PEERS_OF: "", "page": "", PLAN_FOR: ""}
CLICKS: dict[str, str] = {"go": N_("goes into the place"), "pick": N_("picks the place")}
FUNNEL, RANKS = N_("Funnel: all of them"), N_("Rank intervals")
FURTHER: dict[str, str] = {
    "trends": N_("Over time"),
    "profile": N_("By touchpoint or dimension"),
    "competitors": N_("Competitors"),
    "plan": N_("How many it takes"),
}


def picked_in_address(reader: Reader, selection: Selection) -> tuple[str, ...]:
    """The places that the address picks; unknown ones are told and left out."""
    asked = [unescaped(part) for part in str(st.query_params.get(UNITS, "")).split(",") if part]
    level = parameter(LEVEL) or next(
        (axis for axis in reversed(PLACE_PATH) if asked and asked[0] in reader.names.labels[axis]), ""
    )
    known = reader.names.labels.get(level, {}) if level in PLACE_PATH else {}
    missing = [key for key in asked if key not in known]
    if missing:
        things = listing([f"“{key}”" for key in missing])
        st.warning(_("The address names something unknown, which is left out: {things}.", things=things))
    return tuple(dict.fromkeys(key for key in asked if key in known))


def escaped(key: str) -> str:
    """An id as one entry of a list with commas."""
    return key.replace("%", "%25").replace(",", "%2C")


def unescaped(text: str) -> str:
    """The id behind an entry."""
    return text.replace("%2C", ",").replace("%25", "%")


def in_address(keys: list[str] | tuple[str, ...]) -> str:
    """Ids as the parameter of the address."""
    return ",".join(escaped(key) for key in keys)


def controls(reader: Reader, shown: Standing, picked: tuple[str, ...]) -> None:
    """What is compared: the level, the places picked, what a click does."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_compare_bar"):
        if len(shown.levels) > 1:
            _levels(shown)
        _picks(reader, shown, picked)
        choice(_("A click"), "click", CLICKS)
    store = picked[0] if shown.level == "store" and len(picked) == 1 else shown.selection.store
    if store:
        _peers_button(reader, shown, store)


def _levels(shown: Standing) -> None:
    st.session_state["sq_level"] = shown.level

    def chosen() -> None:
        level = st.session_state["sq_level"]
        put(**(CLEARED | {LEVEL: "" if level == shown.levels[0] else level}))

    st.segmented_control(
        _("Level"),
        list(shown.levels),
        format_func=lambda level: _(AXIS_NAMES[level]),
        key="sq_level",
        required=True,
        on_change=chosen,
    )


def _picks(reader: Reader, shown: Standing, picked: tuple[str, ...]) -> None:
    wide = shown.selection.but(**dict.fromkeys(PLACE_PATH, ""))
    labels = {key: str(name) for key, name in reader.names.options(shown.level, wide)}
    labels |= {key: str(reader.names.label(shown.level, key)) for key in picked if key not in labels}
    st.session_state["sq_units"] = list(picked)

    def chosen() -> None:
        keys = st.session_state["sq_units"]
        put(units=in_address(keys), level=shown.level if keys else parameter(LEVEL), of="", page="")

    with st.container(width=416):
        st.multiselect(
            _("Only these"),
            list(labels),
            format_func=labels.__getitem__,
            key="sq_units",
            on_change=chosen,
            placeholder=_("All – type to find"),
        )


def _peers_button(reader: Reader, shown: Standing, store: str) -> None:
    found, words = peers(reader.names, store)
    if not found:
        caption(words)
        return

    def compare() -> None:
        wide = shown.selection.but(**dict.fromkeys(PLACE_PATH, ""))
        go_to(wide, **(CLEARED | {UNITS: in_address([store, *found]), LEVEL: "store", PEERS_OF: store}))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Compare it with its peers"), key="sq_peers", on_click=compare)
        caption(words)


def only_one(reader: Reader, shown: Standing) -> None:
    """A single place has nobody beside it here: words; where it was picked also the funnel, to pick more."""
    caption(*shown.notes)
    nothing_here(
        _(
            "There is only one place here, so there is nothing to set side by side. It is judged against {reference} "
            "all the same: choose a larger place, another level, or pick more places to see them together.",
            reference=shown.against,
        )
    )
    caption(shown.caption, reader.as_of())
    if shown.units["picked"].any() and not isinstance(shown.funnel, NotEstimable):
        _funnel(reader, shown)


def adjusted_for_shoppers(reader: Reader, shown: Standing) -> tuple[Standing, tuple[Message, ...]]:
    """Mystery scores with the adjusted ones beside them, and what that says; other metrics as they are."""
    if shown.metric.id != "mystery_score" or shown.units.empty:
        return shown, ()
    fair = answered(reader, fairness, shown.selection, level=shown.level)
    return beside_adjusted(shown, fair), told_of_places(shown, fair)


def luck_and_notes(shown: Standing, of_shoppers: tuple[Message, ...]) -> None:
    """What chance alone would show, what the peers show, what the shoppers may have done, footnotes."""
    told = among_peers(shown, parameter(PEERS_OF)) if parameter(PEERS_OF) else None
    caption(shown.luck)
    caption(*([told] if told else []), *of_shoppers, *shown.notes)


def _is_adjusted(shown: Standing) -> bool:
    return "adjusted" in shown.units and bool(shown.units["adjusted"].notna().any())


def _go_into(shown: Standing, key: str) -> None:
    """What a click on a place does: go into it, or pick it."""
    if parameter("click") == "pick":
        _toggle(shown, key)
    elif shown.level != "store":
        go_to(shown.selection.but(**{shown.level: key}), **CLEARED)
    else:
        inside = shown.selection.but(region="", city="", store=key, split="")
        if is_built("store"):
            st.switch_page(page_named("store").path, query_params=inside.query())
        open_explore(inside)


def _toggle(shown: Standing, key: str) -> None:
    picked = list(shown.family.loc[shown.family["picked"], "id"])
    keys = [other for other in picked if other != key] if key in picked else [*picked, key]
    put(units=in_address(keys), level=shown.level, of="", page="")


def _click_words() -> str:
    return _("click a row to pick it") if parameter("click") == "pick" else _("click a row to go into it")


def dots_block(reader: Reader, shown: Standing) -> None:
    """The places in order with their values as measured and shrunken."""
    title = _("{metric} by {axis}", metric=shown.metric.title, axis=_(AXIS_NAMES[shown.level]).lower())
    st.subheader(title, anchor=False)
    scales = SCALES if isinstance(shown.shrunk, Shrinkage) else {"raw": SCALES["raw"]}
    scales = scales | ({"adjusted": ADJUSTED} if _is_adjusted(shown) else {})
    scale = choice(_("Scale"), "scale", scales, hidden=True) if len(scales) > 1 else "raw"
    rows = _page_of(shown.units)
    compared = shown.compare_kind != "none"
    figure = dots(rows, shown.metric.id, reader.theme, scale, str(shown.against), compared, reader.line_width)
    drill_chart(figure, "sq_dots", partial(_go_into, shown), title)
    _pager(shown)
    if hidden := hidden_key(rows, reader.theme):
        color_legend(hidden)
    caption(*_read_dots(shown, scale), hidden_share(shown.units), _click_words())
    caption(shown.caption, reader.as_of())
    table_of(shown)


def _read_dots(shown: Standing, scale: str) -> list[str]:
    told = {
        "both": _("dot: best estimate, drawn towards the mean as far as luck reaches; ring: as measured"),
        "shrunken": _("dot: best estimate, drawn towards the mean as far as luck reaches"),
        "raw": _("dot: as measured"),
        "adjusted": _("dot: as measured; diamond: had every shopper been of average strictness"),
    }
    words = [told[scale], _("line: 95 % interval")]
    if isinstance(shown.shrunk, NotEstimable):
        words.append(_("no best estimate: {reason}", reason=shown.shrunk.reason))
    if shown.compare_kind != "none":
        words += [
            _("stroke: {reference}", reference=shown.against),
            _("▲ reliably better, ▼ reliably worse"),
            _("faint: not reliable"),
        ]
    return words


def _page_of(frame: pd.DataFrame) -> pd.DataFrame:
    pages = -(-len(frame) // ROWS)
    page = min(page_number(), max(pages, 1))
    return frame.iloc[(page - 1) * ROWS : page * ROWS].reset_index(drop=True)


def _pager(shown: Standing) -> None:
    pager(page_number(), -(-len(shown.units) // ROWS))


def table_of(shown: Standing) -> None:
    """The numbers behind dots, funnel and ranks."""
    decimals = shown.metric.decimals
    units = shown.units
    frame = units.assign(
        name=units["label"].map(str),
        value_words=instead_of_number(units),
        verdict_words=units["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        state=[_("provisional") if late else "" for late in units["provisional"]],
        **{name: units[name].where(units["rank"] > 0) for name in ("rank", "rank_best", "rank_worst")},
    )
    columns = [
        Column("name", _(AXIS_NAMES[shown.level])),
        Column("value", str(shown.metric.title), "number", decimals, words="value_words"),
        Column("low", _("Low (95 %)"), "number", decimals),
        Column("high", _("High (95 %)"), "number", decimals),
        Column("n", _("n"), "count"),
        Column("estimate", _("Best estimate"), "number", decimals),
        Column("estimate_low", _("Best estimate, low"), "number", decimals),
        Column("estimate_high", _("Best estimate, high"), "number", decimals),
        Column("rank", _("Rank"), "count"),
        Column("rank_best", _("Rank, best"), "count"),
        Column("rank_worst", _("Rank, worst"), "count"),
        Column("state", _("State")),
    ]
    if _is_adjusted(shown):
        columns.append(Column("adjusted", _("Adjusted score"), "number", decimals))
        columns.append(Column("shopper_change", _("Change"), "signed", decimals))
    if shown.compare_kind != "none":
        columns += _compared_columns(decimals)
    numbers(frame, columns, f"{shown.metric.id}_{shown.level}_compared", "sq_compared_n")


def _compared_columns(decimals: int) -> list[Column]:
    return [
        Column("reference", _("Compared with"), "number", decimals),
        Column("difference", _("Difference"), "signed", decimals),
        Column("diff_low", _("Difference, low"), "signed", decimals),
        Column("diff_high", _("Difference, high"), "signed", decimals),
        Column("verdict_words", _("Verdict")),
    ]


def beside_block(reader: Reader, shown: Standing) -> None:
    """The funnel of all places, or how sure each one's rank is."""
    st.subheader(_("What is luck, and who can be ranked"), anchor=False)
    # The funnel needs many places; few are better told apart by their ranks.
    options = {"funnel": FUNNEL, "ranks": RANKS} if shown.level == "store" else {"ranks": RANKS, "funnel": FUNNEL}
    if choice(_("Chart"), "beside", options, hidden=True) == "ranks":
        _ranks(reader, shown)
    else:
        _funnel(reader, shown)


def _funnel(reader: Reader, shown: Standing) -> None:
    lines = shown.funnel
    if isinstance(lines, NotEstimable):
        nothing_here(_("There is no funnel: {reason}", reason=lines.reason))
        return
    alt = _("{metric} of all places by n, with limits", metric=shown.metric.title)
    named = 3 if is_narrow() else 8
    figure = funnel(shown.family, lines, shown.metric.id, reader.theme, str(shown.against), named)
    drill_chart(figure, "sq_funnel", partial(_go_into, shown), alt)
    widened = _("limits widened: even at a large n places differ by about ±{spread} {unit}")
    words = (
        widened.format(spread=number(lines.spread, shown.metric.decimals), unit=_(shown.metric.difference_unit))
        if lines.spread >= 0.5 * 10.0**-shown.metric.decimals
        else _("limits not widened: places spread no more than luck makes them")
    )
    caption(
        _("dashed: 95 % of equal places lie inside; solid: 99.8 %"),
        words,
        _("▲▼ by the verdict, not by the limits; ring: provisional; grey: not among those chosen"),
        _("click a point to pick it") if parameter("click") == "pick" else _("click a point to go into it"),
    )
    caption(shown.caption, reader.as_of())


def _ranks(reader: Reader, shown: Standing) -> None:
    if not shown.ranked:
        nothing_here(_("Nobody can be ranked here: too few answers or visits each."))
        return
    title = _("Rank with its 95 % interval among {places}", places=number(shown.ranked, 0))
    rows = _page_of(shown.units)
    figure = rank_intervals(rows, shown.metric.id, reader.theme, shown.ranked, shown.is_ordered, reader.line_width)
    drill_chart(figure, "sq_ranks", partial(_go_into, shown), title)
    caption(
        _("bar: the ranks that the place may really have among {count}", count=number(shown.ranked, 0)),
        _("dot: rank by the estimate") if shown.is_ordered else _("nobody is reliably ahead of anybody: no ranking"),
        _click_words(),
    )
    caption(shown.caption, reader.as_of())


def further_block(reader: Reader, shown: Standing) -> None:
    """One of the further views: courses, profile, competitors, planner."""
    st.subheader(_("A closer look"), anchor=False)
    offered = dict(FURTHER)
    if "brand" not in shown.metric.attributes:
        del offered["competitors"]
    blocks = {
        "trends": trends_block,
        "profile": profile_block,
        "competitors": competitors_block,
        "plan": plan_block,
    }
    blocks[choice(_("View"), "show", offered, hidden=True)](reader, shown)


def _first(shown: Standing, most: int) -> tuple[str, ...]:
    """The first places shown, those with numbers."""
    return tuple(str(key) for key in shown.units.loc[shown.units["value"].notna(), "id"].head(most))


def _first_told(shown: Standing, drawn: int) -> str:
    if len(shown.units) <= drawn:
        return ""
    return _("the first {count} of {all}; pick others above", count=drawn, all=number(len(shown.units), 0))


def trends_block(reader: Reader, shown: Standing) -> None:
    """The courses of the first places, small and on the same scale."""
    ids = _first(shown, MOST)
    frame = answered(reader, courses, shown.selection, level=shown.level, ids=ids)
    if frame.empty or frame.loc[frame["id"] != "", "month"].nunique() < 2:
        nothing_here(_("A single month, quarter or wave has no course; choose a longer period to see one."))
        return
    verdicts = dict(zip(shown.units["id"], shown.units["verdict"], strict=True))
    title = _("{metric} over time, place by place", metric=shown.metric.title)
    drawn = places_of(frame)
    wide = shown.selection.but(**dict.fromkeys(PLACE_PATH, ""))
    events = {key: what_happened(reader, wide.but(**{shown.level: key})) for key in drawn}
    for key, column, some in zip(("sq_courses", "sq_courses_2"), st.columns(2), halves(drawn), strict=True):
        if not some:
            continue
        width = NAME_WIDTH_ON_PHONES if is_narrow() else NAME_WIDTH
        figure = small_multiples(frame, verdicts, shown.metric.id, reader.theme, 2, width, some, events)
        with column:
            drill_chart(figure, key, partial(_go_into, shown), title)
    caption(
        _("same scale in every panel; band: 95 % interval; dotted: the whole chain"),
        _("ring: too few to judge"),
        _("▲▼ of the whole period"),
        _("triangles: notes and events") if any(map(len, events.values())) else "",
        _first_told(shown, len(ids)),
        hidden_share(frame),
    )
    caption(shown.caption, reader.as_of())
    decimals = shown.metric.decimals
    rows = frame.assign(name=frame["label"].map(str), time=frame["when"].map(str), value_words=instead_of_number(frame))
    columns = [
        Column("name", _(AXIS_NAMES[shown.level])),
        Column("time", _("Period")),
        Column("value", str(shown.metric.title), "number", decimals, words="value_words"),
        Column("low", _("Low (95 %)"), "number", decimals),
        Column("high", _("High (95 %)"), "number", decimals),
        Column("n", _("n"), "count"),
    ]
    numbers(rows, columns, f"{shown.metric.id}_{shown.level}_courses", "sq_courses_n")
    notes_block(reader, shown.selection)


def profile_block(reader: Reader, shown: Standing) -> None:
    """Touchpoint by touchpoint against the rest: marks for a few places, a map for more."""
    picked = _first(shown, MOST)
    found = answered(reader, profiles, shown.selection, level=shown.level, ids=picked)
    if found.frame.empty:
        nothing_here(_("{metric} is not broken down by touchpoint or dimension here.", metric=shown.metric.title))
        return
    metric, alt = shown.metric, _("Profile against {reference}", reference=found.against)
    into = partial(_into_subject, shown, found.frame)
    if len(picked) <= MOST_PROFILES:
        figure = profile(found.frame, metric.id, reader.theme, str(found.against), reader.line_width)
        drill_chart(figure, "sq_profile", into, alt)
        caption(_("stroke: {reference}", reference=found.against), _("▲▼ with the difference where it is reliable"))
    else:
        figure = heat_map(found.frame, metric.id, reader.theme, "difference", str(found.against), reader.line_width)
        drill_chart(figure, "sq_profile", into, alt)
        color_legend((*color_key(metric, reader.theme, "difference"), *hidden_key(found.frame, reader.theme)))
        caption(
            _("numbers: difference from {reference}", reference=found.against),
            _("pick up to {count} places to see them as profiles with intervals", count=MOST_PROFILES),
            _first_told(shown, len(picked)),
        )
    caption(
        _("always against the rest; the family of verdicts is every place on every touchpoint or dimension"),
        _("click a mark to go into it"),
        hidden_share(found.frame),
    )
    caption(*found.notes, shown.caption, reader.as_of())
    _profile_numbers(shown.metric, shown.level, found.frame)


def _into_subject(shown: Standing, frame: pd.DataFrame, cell: str) -> None:
    """Go into a place on a subject."""
    place, subject = cell_ids(cell)
    kind = str(frame["kind"].iloc[0])
    open_explore(
        shown.selection.but(**dict.fromkeys(PLACE_PATH, ""), split="").but(**{shown.level: place, kind: subject})
    )


def _profile_numbers(metric: Metric, level: str, frame: pd.DataFrame) -> None:
    rows = frame.assign(
        place_name=frame["place_label"].map(str),
        subject_name=frame["subject_label"].map(str),
        value_words=instead_of_number(frame),
        verdict_words=frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("place_name", _(AXIS_NAMES[level])),
        Column("subject_name", str(axis_name(str(frame["kind"].iloc[0])))),
        Column("value", str(metric.title), "number", metric.decimals, words="value_words"),
        Column("low", _("Low (95 %)"), "number", metric.decimals),
        Column("high", _("High (95 %)"), "number", metric.decimals),
        Column("n", _("n"), "count"),
        *_compared_columns(metric.decimals),
    ]
    numbers(rows, columns, f"{metric.id}_{level}_profiles", "sq_profiles_n")


def competitors_block(reader: Reader, shown: Standing) -> None:
    """Own stores beside each competitor, in the same cities and months."""
    found = answered(reader, competitors, shown.selection)
    if found.brands.empty:
        nothing_here(_("Not measured: {reason}", reason=found.answers[0]))
        return
    for sentence in found.answers:
        st.markdown(f"- {sentence}")
    whole = found.brands.assign(name=[str(Message(N_("All")))] * len(found.brands))
    parts = found.subjects.assign(name=found.subjects["subject_label"]) if len(found.subjects) else found.subjects
    rows = pd.concat([whole, parts], ignore_index=True)
    figure = competitors_figure(rows, shown.metric.id, reader.theme, reader.line_width)
    drill_chart(figure, "sq_competitors", None, _("Own stores beside competitors"))
    caption(
        _("right of the line own stores are higher"),
        _("▲▼ own stores reliably better or worse"),
        _("only cities and months in which both were visited; 95 % intervals clustered by city"),
    )
    caption(shown.caption, reader.as_of())
    decimals = shown.metric.decimals
    table = rows.assign(
        brand_name=rows["label"].map(str),
        part=rows["name"].map(str),
        verdict_words=rows["verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("brand_name", _("Brand")),
        Column("part", _("Part")),
        Column("own", _("Own stores"), "number", decimals),
        Column("value", _("Competitor"), "number", decimals),
        Column("difference", _("Difference"), "signed", decimals),
        Column("low", _("Difference, low"), "signed", decimals),
        Column("high", _("Difference, high"), "signed", decimals),
        Column("verdict_words", _("Verdict")),
        Column("cities", _("Cities"), "count"),
        Column("cells", _("Cities × months"), "count"),
        Column("n_own", _("n of own stores"), "count"),
        Column("n", _("n of the competitor"), "count"),
    ]
    numbers(table, columns, f"{shown.metric.id}_competitors", "sq_competitors_n")


def plan_block(reader: Reader, shown: Standing) -> None:
    """How many visits it takes to see a difference of x points, and what the present plan sees."""
    least = shown.metric.smallest_relevant_difference
    labels = dict(zip(map(str, shown.units["id"]), map(str, shown.units["label"]), strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_plan_bar"):
        unit, wanted = _planned_for(labels), _wanted(shown.metric, least)
    found = answered(
        reader, plan, shown.selection, level=shown.level, picked=(unit,) if unit else (), difference=wanted
    )
    if isinstance(found, NotEstimable):
        nothing_here(found.reason if found in (EVERYBODY, NOT_PLANNED) else _("No plan: {reason}", reason=found.reason))
        return
    for sentence in found.answers:
        st.markdown(f"- {sentence}")
    drill_chart(planner(found, reader.theme), "sq_planner", None, _("Smallest difference seen by number of visits"))
    decimals = shown.metric.decimals
    caption(
        _("probability 80 % that the verdict is given: p adjusted for {count} places (Bonferroni’s bound) and at least "
          "{least} {unit} as measured", count=found.compared, least=number(least, decimals),
          unit=_(shown.metric.difference_unit)),
        _("single responses of a store vary by ±{sd}", sd=number(found.design.sd, decimals)),
        _("the rest is known to ±{se}", se=number(found.design.rest_se, decimals + 1)),
        _("stores of the place: {count}", count=found.design.stores) if found.design.stores > 1 else "",
        reader.as_of(),
    )  # fmt: skip
    columns = [
        Column("visits", _("Per store in the period"), "count"),
        Column("visible", _("Smallest difference seen"), "number", decimals),
    ]
    numbers(found.curve, columns, f"{shown.metric.id}_plan", "sq_plan_n")


def _planned_for(labels: dict[str, str]) -> str:
    """The place that is planned for; '' is a typical one."""
    current = parameter(PLAN_FOR)
    st.session_state["sq_plan"] = current if current in labels else None
    with st.container(width=320):
        st.selectbox(
            _("For"),
            list(labels),
            format_func=labels.__getitem__,
            key="sq_plan",
            index=None,
            placeholder=_("A typical one – type to find"),
            on_change=lambda: put(plan=st.session_state["sq_plan"] or ""),
        )
    return str(st.session_state["sq_plan"] or "")


def _wanted(metric: Metric, least: float) -> float:
    """The difference that shall be seen, between just above the smallest that is called and eight times it."""
    step = 0.5 if least < 5 else 1.0
    first, last, usual = least + step, 8 * least, 2 * least
    if metric.smallest_relevant_difference < 1:
        step, first = least / 10, 1.1 * least
    try:
        asked = min(max(float(parameter(SEE, str(usual))), first), last)
    except ValueError:
        asked = usual
    st.session_state["sq_see"] = first + step * round((asked - first) / step)
    with st.container(width=320):
        st.slider(
            _("Difference to be seen ({unit})", unit=_(metric.difference_unit)),
            first,
            last,
            step=step,
            format="%g",
            key="sq_see",
            on_change=lambda: put(see=f"{st.session_state['sq_see']:g}"),
        )
    return float(st.session_state["sq_see"])
