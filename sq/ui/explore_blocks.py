"""The parts of the drill page: path, ways to split, ranking, course, map and the evidence at the end."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.definitions import metric_definition
from sq.analyses.drill import Drill
from sq.analyses.map_ranks import with_ranks
from sq.analyses.store_map import store_map, stores_on_the_map
from sq.analyses.visits import VisitList, response_list, visit_list
from sq.analyses.wording import AXIS_NAMES
from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.hidden import hidden_key, hidden_share, instead_of_number
from sq.figures.ranking import ranking
from sq.figures.shades import MODES, color_key
from sq.figures.shares import BANDS, bands, bands_key, distribution, problems, problems_key, share_text
from sq.figures.store_map import store_map as located
from sq.figures.trend import trend
from sq.language import N_, _, number, period
from sq.metrics.catalogue import METRICS
from sq.selection import PLACE_PATH
from sq.ui.address import carried_query, go_into_months, go_to, out_of_months, wider_period
from sq.ui.blocks import Column, answer, caption, color_legend, definition, nothing_here, numbers, table
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import choice, link_to, plain
from sq.ui.notes_blocks import what_happened
from sq.ui.sitemap import is_built, page_named

if TYPE_CHECKING:
    from sq.ui.frame import Reader

BARS = 24  # rows of a ranking on the screen at once
COLUMNS = 24  # places of a map on the screen at once
EVIDENCE_SHOWN = 20
COMMENTS_AT_ONCE = 10  # a longer list scrolls
COMMENTS_HEIGHT = 400  # px
CLICKS = {
    "month": N_("click a dot to go into that month"),
    "quarter": N_("click a dot to go into that quarter"),
    "wave": N_("click a dot to go into that wave"),
}
SINGLE_MONTH = N_("A single month has no course; choose a longer period to see one.")
NO_COURSE = {
    "wave": N_("A single wave has no course; it begins with the next one."),
    "period": N_("A single published period has no course; it begins with the next one."),
}
PERIOD = N_("Period")
VIEWS = {"list": N_("In order"), "map": N_("On the map")}
MODE = "map"  # the parameter of the address that holds the map's colours


def path(shown: Drill) -> None:
    """The breadcrumb: every step leads back to where it was; a month that was gone into comes last."""
    labels = [str(step.label) for step in shown.path]
    if wider_period(shown.selection):
        labels.append(period(*shown.selection.months))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="sq_path"):
        for place, label in enumerate(labels[:-1]):
            back, others = out_of_months(shown.path[place].selection)
            key = f"sq_step_{place}"
            st.button(f"{label} ›", key=key, type="tertiary", on_click=go_to, args=(back,), kwargs=others)
        st.html(f'<span class="sq-here" aria-current="page">{html.escape(labels[-1])}</span>')


def answer_with_definition(shown: Drill) -> None:
    """The answer first, its definition one click away, what other rules would give."""
    answer(shown.headline)
    told = metric_definition(shown.metric)
    facts = "\n".join(_("{axis}: {name}", axis=label, name=value) for label, value in told.facts)
    with st.container(horizontal=True, vertical_alignment="center", key="sq_under_answer"):
        definition(str(told.title), facts, str(told.formula), told.sql, str(told.source))
        decimals = METRICS[shown.metric].decimals
        others = [
            _("{rule}: {value}", rule=other.label, value=number(other.value, decimals)) for other in shown.alternatives
        ]
        if others:
            caption(_("By other rules"), *others)
    caption(*shown.notes)


def is_measured(shown: Drill) -> bool:
    """Whether there is anything to show here, if only that it is hidden."""
    return bool(shown.n or shown.hidden_reason or pd.notna(shown.value))


def split_by(shown: Drill) -> None:
    """The ways to split the selection; the active one is marked."""
    labels = {split.axis: str(split.label) for split in shown.splits}
    selections = {split.axis: split.selection for split in shown.splits}
    if len(labels) < 2:
        return
    st.session_state["sq_split"] = next((split.axis for split in shown.splits if split.active), None)

    def picked() -> None:
        axis = st.session_state["sq_split"]
        if axis:
            go_to(selections[axis])

    st.pills(_("Split by"), list(labels), format_func=labels.__getitem__, key="sq_split", on_change=picked)


def ranking_block(reader: Reader, shown: Drill) -> None:
    """The parts of the selection in order; a click goes into one."""
    axis = _(AXIS_NAMES[shown.split])
    title = _("{metric} by {axis}", metric=shown.title, axis=axis.lower())
    st.subheader(title, anchor=False)
    rows = _page_of(shown.ranking, BARS, f"sq_page_{shown.split}")
    is_compared = shown.compare_kind != "none"
    figure = ranking(rows, shown.metric, reader.theme, str(shown.against), is_compared, reader.line_width)
    drill_chart(figure, "sq_ranking", lambda key: go_to(shown.into(key)), title)
    if hidden := hidden_key(rows, reader.theme):
        color_legend(hidden)
    _read_as(shown)
    caption(hidden_share(shown.ranking))
    _caption(reader, shown)
    numbers(*comparison_table(shown, shown.ranking, {"label": axis}), f"{shown.metric}_{shown.split}", "sq_ranking_n")
    if shown.split in PLACE_PATH and len(shown.ranking) > 1:
        beside = shown.selection.but(split="").query() | {"level": shown.split}
        link_to("compare", _("What of this is luck, and who can be ranked?"), beside)


def parts_block(reader: Reader, shown: Drill) -> None:
    """The parts of the selection in order, or, where coordinates are known and the reader asks for it, on the map."""
    view = "list"
    if shown.split in PLACE_PATH and answered(reader, stores_on_the_map, shown.selection):
        view = choice(_("Show the parts"), "view", VIEWS, hidden=True)
    if view == "map":
        stores_block(reader, shown)
    else:
        ranking_block(reader, shown)


def stores_block(reader: Reader, shown: Drill) -> None:
    """Every store of the selection where it lies; a click goes into one."""
    found = answered(reader, store_map, shown.selection.but(split=""))
    title = _("{metric} of the stores on the map", metric=shown.title)
    st.subheader(title, anchor=False)
    st.markdown(plain(str(found.answer)))
    if found.frame.empty:
        nothing_here(_("None of the stores measured here has coordinates."))
        return
    metric = METRICS[shown.metric]
    figure = located(found.frame, shown.metric, reader.theme, str(found.against), is_narrow())
    drill_chart(figure, "sq_store_map", lambda key: go_to(shown.selection.but(store=key, split="")), title)
    color_legend((*color_key(metric, reader.theme), *hidden_key(found.frame, reader.theme)))
    caption(
        _("area of a dot: n"),
        _("▲ reliably better, ▼ reliably worse"),
        _("dotted: around the stores of a region; stores in one place are drawn side by side"),
        _("click a dot to go into the store"),
        _("left out for want of coordinates: {count}", count=number(found.missing, 0)) if found.missing else "",
        hidden_share(found.frame),
    )
    caption(found.caption, *found.notes, reader.as_of())
    table_, columns = comparison_table(
        shown, found.frame, {"label": _(AXIS_NAMES["store"]), "region_label": _(AXIS_NAMES["region"])}
    )
    places = [Column("latitude", _("Latitude"), "number", 4), Column("longitude", _("Longitude"), "number", 4)]
    numbers(table_, [*columns, *places], f"{shown.metric}_map_of_stores", "sq_store_map_n")


def trend_block(reader: Reader, shown: Drill) -> None:
    """The course of the selection as a whole."""
    title = _("{metric} over time", metric=shown.title)
    st.subheader(title, anchor=False)
    if len(shown.trend) < 2:
        nothing_here(_(NO_COURSE.get(shown.grain, SINGLE_MONTH)))
        return
    events = what_happened(reader, shown.selection)
    figure = trend(shown.trend, shown.metric, reader.theme, shown.breaks, events=events)
    drill_chart(figure, "sq_trend", lambda key: go_into_months(shown.selection, shown.into_months(key)), title)
    click = _(CLICKS[shown.grain]) if shown.grain in CLICKS else ""
    told = _("triangles: notes and events, listed below") if len(events) else ""
    caption(click, told, hidden_share(shown.trend))
    _caption(reader, shown)
    decimals = METRICS[shown.metric].decimals
    columns = [Column("label", _(AXIS_NAMES.get(shown.grain, PERIOD))), *_measured(shown, shown.trend, decimals)]
    frame = shown.trend.assign(label=shown.trend["label"].map(str), value_words=instead_of_number(shown.trend))
    numbers(frame, columns, f"{shown.metric}_trend", "sq_trend_n")


def _measured(shown: Drill, frame: pd.DataFrame, decimals: int) -> list[Column]:
    """Value, interval and n; stores only where they are counted."""
    columns = [
        Column("value", str(shown.title), "number", decimals, words="value_words"),
        Column("low", _("Low (95 %)"), "number", decimals),
        Column("high", _("High (95 %)"), "number", decimals),
        Column("n", _("n"), "count"),
    ]
    return columns + ([Column("stores", _("Stores"), "count")] if frame["stores"].notna().any() else [])


_RANKED = N_(
    "Ranks within each row, 1 = best, by estimates drawn towards the mean of the places (from five places on); places "
    "with too few answers are not ranked. A rank alone says nothing: ▲▼ mark what is reliable."
)


def map_block(reader: Reader, shown: Drill) -> None:
    """Places by subjects; a click goes into both at once."""
    place, subject = (_(AXIS_NAMES[axis]) for axis in shown.map_axes)
    title = _("{first} by {second}", first=subject, second=place.lower())
    st.subheader(title, anchor=False)
    mode = _map_mode(shown)
    cells = with_ranks(shown.map, METRICS[shown.metric]) if mode == "rank" else shown.map
    frame = _columns_of(cells, COLUMNS)
    figure = heat_map(frame, shown.metric, reader.theme, mode, str(shown.map_against), reader.line_width)
    drill_chart(figure, "sq_map", lambda cell: go_to(shown.into_cell(*cell_ids(cell))), title)
    color_legend((*color_key(METRICS[shown.metric], reader.theme, mode), *hidden_key(frame, reader.theme)))
    if shown.compare_kind != "none":
        told = _("numbers: difference from {reference}", reference=shown.map_against)
        caption(
            told if mode in {"difference", "reliable"} else "",
            _("▲ reliably better, ▼ reliably worse"),
            _("click a cell to go into it"),
        )
    if mode == "rank":
        caption(_(_RANKED))
    caption(hidden_share(shown.map))
    _caption(reader, shown)
    labels = {"place_label": place, "subject_label": subject}
    numbers(*comparison_table(shown, shown.map, labels), f"{shown.metric}_map", "sq_map_n")


def _map_mode(shown: Drill) -> str:
    modes = [mode for mode in MODES if mode != "bands" or METRICS[shown.metric].bands]
    if "bands" in modes and shown.map["difference"].isna().all():  # nothing to compare with: values only
        return "bands"
    asked = st.query_params.get(MODE, "")
    st.session_state["sq_map_mode"] = asked if asked in modes else modes[0]

    def picked() -> None:
        mode = st.session_state["sq_map_mode"]
        go_to(shown.selection, **{MODE: "" if mode == modes[0] else mode})

    st.segmented_control(
        _("Colours show"),
        modes,
        format_func=lambda mode: _(MODES[mode]),
        key="sq_map_mode",
        on_change=picked,
        required=True,
    )
    return str(st.session_state["sq_map_mode"])


def _page_of(frame: pd.DataFrame, size: int, key: str) -> pd.DataFrame:
    """One page of many rows, with the pager where there is more than one."""
    pages = -(-len(frame) // size)
    if pages <= 1:
        return frame
    page = st.pagination(pages, key=f"{key}_{pages}")
    return frame.iloc[(page - 1) * size : page * size]


def _columns_of(frame: pd.DataFrame, size: int) -> pd.DataFrame:
    """The map with one page of its places."""
    places = pd.DataFrame({"place": frame["place"].drop_duplicates()})
    return frame[frame["place"].isin(_page_of(places, size, "sq_page_map")["place"])]


def comparison_table(shown: Drill, frame: pd.DataFrame, labels: dict[str, str]) -> tuple[pd.DataFrame, list[Column]]:
    """The numbers behind a chart with their headings; ``labels`` are the columns of names."""
    decimals = METRICS[shown.metric].decimals
    words = {name: frame[name].map(str) for name in labels}
    out = frame.assign(
        **words,
        verdict_words=frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        value_words=instead_of_number(frame),
    )
    columns = [*(Column(name, heading) for name, heading in labels.items()), *_measured(shown, frame, decimals)]
    if shown.compare_kind != "none":
        columns += [
            Column("reference", _("Compared with"), "number", decimals),
            Column("difference", _("Difference"), "signed", decimals),
            Column("diff_low", _("Difference, low"), "signed", decimals),
            Column("diff_high", _("Difference, high"), "signed", decimals),
            Column("verdict_words", _("Verdict")),
        ]
    return out, columns


def _read_as(shown: Drill) -> None:
    if shown.ranking["value"].isna().all():
        return
    if shown.compare_kind != "none":
        caption(
            _("Dot and line: value with its 95 % interval"),
            _("stroke: {reference}", reference=shown.against),
            _("▲ reliably better, ▼ reliably worse"),
            _("faint: not reliable"),
            _("click a row to go into it"),
        )
    else:
        caption(_("Dot and line: value with its 95 % interval"), _("click a row to go into it"))


def _caption(reader: Reader, shown: Drill) -> None:
    caption(shown.caption, reader.as_of())


def survey_blocks(reader: Reader, shown: Drill) -> None:
    """What an anonymous survey tells of the group beside its number: opinions, problems, comments."""
    blocks = [
        block
        for block, found in (
            (_opinions, len(shown.opinions)),
            (_problems, len(_own_problems(shown))),
            (_comments, len(shown.comments)),
        )
        if found
    ]
    if not blocks:
        return
    for column, block in zip(st.columns(len(blocks), gap="large"), blocks, strict=True):
        with column:
            block(reader, shown)


def _opinions(reader: Reader, shown: Drill) -> None:
    """How the answers of the group divide; the full scale where it may be told."""
    title = _("How opinions divide (% of answers)")
    st.subheader(title, anchor=False)
    told = shown.opinions["band"] != ""
    scale = shown.opinions[~told]
    if told.any():
        drill_chart(bands(bar_of_opinions(shown), reader.theme), "sq_opinions", alt=title)
        color_legend(bands_key(reader.theme))
    if len(scale):
        drill_chart(distribution(scale, reader.theme), "sq_scale", alt=title)
    is_vague = shown.opinions["limit"].astype(bool).any() or 0 < told.sum() < len(BANDS)
    caption(_("hatched: only a limit may be shown, or nothing") if is_vague else "")
    _caption(reader, shown)
    columns = [Column("label", _("Answers")), Column("share", _("Share (%)"), "number", 0, words="share_words")]
    numbers(_share_table(shown.opinions, "label"), columns, f"{shown.metric}_opinions", "sq_opinions_n")


def bar_of_opinions(shown: Drill) -> pd.DataFrame:
    """The three bands of the group as one row for `sq.figures.shares.bands`."""
    found = shown.opinions[shown.opinions["band"] != ""]
    shares = dict(zip(found["band"], found["share"], strict=True))
    limits = {f"{band}_limit": limit for band, limit in zip(found["band"], found["limit"], strict=True)}
    return pd.DataFrame([{"id": "", "label": str(shown.path[-1].label), "n": shown.n, **shares, **limits}])


def _own_problems(shown: Drill) -> pd.DataFrame:
    """The problems named in the forms of the group itself."""
    return shown.problems[shown.problems["id"] == ""] if len(shown.problems) else shown.problems


def _problems(reader: Reader, shown: Drill) -> None:
    """What goes wrong between the units and the departments they depend on."""
    title = _("What goes wrong (% of forms)")
    st.subheader(title, anchor=False)
    found = _own_problems(shown)
    rows = found.assign(label=found["problem_label"])
    drill_chart(problems(rows, reader.theme), "sq_problems", alt=title)
    color_legend(problems_key(reader.theme))
    caption(_("share of the forms that name the problem; a form can name one of the request and one of the support"))
    _caption(reader, shown)
    columns = [
        Column("side", _("Where")),
        Column("label", _("Problem")),
        Column("share", _("Share (%)"), "number", 0, words="share_words"),
    ]
    table_ = _share_table(rows.assign(side=rows["side_label"].map(str)), "label")
    numbers(table_, columns, f"{shown.metric}_problems", "sq_problems_n")


def _share_table(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """A frame of shares for a table: labels in words, limits in place of numbers."""
    words = [
        share_text(share, limit) if limit else "" for share, limit in zip(frame["share"], frame["limit"], strict=True)
    ]
    return frame.assign(**{label: frame[label].map(str)}, share_words=words)


def _comments(reader: Reader, shown: Drill) -> None:
    """What the group wrote, in no order."""
    st.subheader(_("Comments ({count})", count=number(len(shown.comments), 0)), anchor=False)
    quotes = "".join(f'<p class="sq-quote">{html.escape(text)}</p>' for text in shown.comments)
    with st.container(height=COMMENTS_HEIGHT if len(shown.comments) > COMMENTS_AT_ONCE else "content", border=True):
        st.html(quotes)
    caption(_("shuffled, and joined to nothing but the group"))
    _caption(reader, shown)


def is_end_of_path(shown: Drill) -> bool:
    """Whether single visits or responses stand behind the selection: in a store, or where nothing divides it."""
    return bool(shown.visits_kind) and (bool(shown.selection.store) or not shown.split)


def evidence(reader: Reader, shown: Drill) -> None:
    """The end of the path: the visits themselves, or the customers' responses."""
    if shown.visits_kind == "visits":
        _visits(reader, shown)
    else:
        _responses(reader, shown)


def _visits(reader: Reader, shown: Drill) -> None:
    st.subheader(_("The visits"), anchor=False)
    listed = answered(reader, visit_list, shown.selection, page_size=EVIDENCE_SHOWN)
    caption(listed.headline, _("tick a row to open its visit") if listed.total else "")
    if listed.total:
        rows, columns = _visit_rows(listed), _visit_columns(shown)
        picked = table(rows, columns, "sq_visits", on_select="rerun", selection_mode="single-row")
        if picked.selection.rows:
            _open_visit(str(listed.frame["visit_id"].iloc[picked.selection.rows[0]]))
    if is_built("visits"):
        st.page_link(page_named("visits").path, label=_("All visits of this selection"), query_params=visit_query())


def _responses(reader: Reader, shown: Drill) -> None:
    st.subheader(_("The responses"), anchor=False)
    listed = answered(reader, response_list, shown.selection, commented_only=False, page_size=EVIDENCE_SHOWN)
    caption(listed.headline)
    if listed.total:
        rows = listed.frame.assign(label=listed.frame["label"].map(str))
        table(rows, _response_columns(), "sq_responses")
    if is_built("visits"):
        label = _("All responses of this selection")
        st.page_link(page_named("visits").path, label=label, query_params=visit_query(kind="customer"))


def visit_query(**others: str) -> dict[str, str]:
    """The address of the visits page with the same selection: the list, one visit, or another kind of evidence."""
    steps = {name: value for name, value in st.query_params.to_dict().items() if name not in {MODE, "split", "sort"}}
    return carried_query() | steps | others


def _open_visit(visit: str) -> None:
    if is_built("visits"):
        st.switch_page(page_named("visits").path, query_params=visit_query(visit=visit))


def _visit_rows(listed: VisitList) -> pd.DataFrame:
    frame = listed.frame
    verdict = [_("Failed (veto)") if failed else "" for failed in frame["is_failed"]]
    return frame.assign(label=frame["label"].map(str), verdict=verdict)


def _visit_columns(shown: Drill) -> list[Column]:
    columns = [
        Column("visited_on", _("Day"), "day"),
        Column("label", _(AXIS_NAMES["store"])),
        Column("score", _("Score of the visit"), "number"),
    ]
    if shown.selection.subject[0] != "form":
        columns.append(Column("subject_score", _("Score here"), "number"))
    return [*columns, Column("verdict", _("Veto")), Column("n_items", _("Items"), "count")]


def _response_columns() -> list[Column]:
    return [
        Column("answered_on", _("Day"), "day"),
        Column("label", _(AXIS_NAMES["store"])),
        Column("index_score", _(METRICS["customer_index"].name), "number"),
        Column("overall", _(METRICS["overall_satisfaction"].name), "number"),
        Column("recommend", _("Would recommend (0–10)"), "number", 0),
        Column("comment", _("Comment")),
    ]
