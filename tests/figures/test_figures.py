"""The figures as a browser gets them: every mark says who it is, colours follow the stated breaks."""

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.analyses.drill import Break
from sq.analyses.wording import Month
from sq.figures.heat_map import cell_id, cell_ids, heat_map
from sq.figures.ranking import ranking, short, wrapped
from sq.figures.shades import color_key, contrast, ink, shades
from sq.figures.template import DARK, LIGHT, THEMES, Tokens, checked, tokens
from sq.figures.trend import spark, trend
from sq.language import Message, Named, speaking
from sq.metrics.catalogue import METRICS

SCORE = METRICS["mystery_score"]


def _spec(figure: Any) -> dict[str, Any]:
    return dict(json.loads(figure.to_json()))


def _compared(**columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    defaults = {"low": 0.0, "high": 0.0, "n": 20, "stores": 2, "reference": 80.0, "verdict": "none"}
    for name, value in defaults.items():
        if name not in frame:
            frame[name] = value
    return frame.assign(difference=frame["value"] - frame["reference"])


def _regions() -> pd.DataFrame:
    return _compared(
        id=["North", "South", "West"],
        label=[Named("华北", "North"), Named("华南", "South"), Named("西部", "West")],
        value=[81.24, 72.0, 80.0],
        low=[79.0, 70.0, float("nan")],
        high=[83.0, 74.0, float("nan")],
        n=[214, 96, 1],
        verdict=["none", "worse", "too_few"],
    )


def test_every_row_and_dot_of_a_ranking_carries_its_id() -> None:
    rows, dots, labels, _reference = _spec(ranking(_regions(), "mystery_score", "light"))["data"]
    for trace in (rows, dots, labels):
        assert trace["customdata"] == [["North"], ["South"], ["West"]]


def test_a_ranking_shows_value_n_and_a_mark_only_where_reliable() -> None:
    labels = _spec(ranking(_regions(), "mystery_score", "light"))["data"][2]
    assert labels["text"] == ["81.2 · n 214", "<b>72.0 ▼</b> · n 96", "80.0 · n 1"]


def test_a_place_without_an_interval_has_none_drawn() -> None:
    errors = ranking(_regions(), "mystery_score", "light").data[1].error_x
    assert [round(float(v), 2) for v in errors.array] == [1.76, 2.0, 0.0]  # 83 - 81.24, 74 - 72, none
    assert [round(float(v), 2) for v in errors.arrayminus] == [2.24, 2.0, 0.0]


def test_the_hover_says_value_interval_n_difference_and_verdict() -> None:
    hover = ranking(_regions(), "mystery_score", "light", "the rest of the chain").data[0].hovertext[1]
    assert hover == (
        "<b>South</b><br>72.0 points<br>95 %: 70.0 to 74.0<br>96 visits"
        "<br>\N{MINUS SIGN}8.0 points against the rest of the chain<br>reliably worse"
    )


def test_names_from_data_cannot_smuggle_markup_into_a_figure() -> None:
    frame = _regions().assign(label="<a href='x'>North</a>")
    text = ranking(frame, "mystery_score", "light").to_json()
    assert "<a href" not in text.replace("\\u003c", "<")


def test_a_long_name_is_cut_and_chinese_glyphs_count_double() -> None:
    assert short("A" * 30, 22) == "A" * 22 + "…"
    assert short("一二三四五六七八九十一二三", 22) == "一二三四五六七八九十一…"  # 11 glyphs take 22
    assert short("Short") == "Short"


def test_a_long_name_goes_on_a_second_line_at_a_space_or_between_glyphs() -> None:
    assert wrapped("Activation and insurance", 18) == "Activation and<br>insurance"
    assert wrapped("内部服务质量评价结果", 14) == "内部服务质<br>量评价结果"
    assert wrapped("A" * 40, 18) == f"{'A' * 18}<br>{'A' * 18}…"
    assert wrapped("<b>", 18) == "&lt;b&gt;"


def test_colours_follow_the_stated_breaks_of_one_two_and_four_relevant_differences() -> None:
    # The smallest relevant difference of the mystery score is 3: breaks at 3, 6 and 12.
    differences = [-13.0, -12.0, -7.0, -3.1, -2.9, 0.0, 2.9, 3.0, 6.0, 11.9, 12.0]
    classes = [0, 1, 1, 2, 3, 3, 3, 4, 5, 5, 6]
    frame = _compared(value=[80 + d for d in differences])
    reliable = frame.assign(verdict=["worse" if d < 0 else "better" for d in frame["difference"]])
    assert shades(reliable, SCORE, "light") == [LIGHT.diverging[k] for k in classes]
    assert shades(frame, SCORE, "light") == [LIGHT.pale[k] for k in classes]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_difference_that_is_not_reliable_is_always_fainter_than_a_reliable_one(theme: Tokens) -> None:
    for side in ((0, 1, 2), (6, 5, 4)):  # from the largest difference to the smallest
        full, pale = ([contrast(scale[k], theme.page) for k in side] for scale in (theme.diverging, theme.pale))
        assert sorted(full, reverse=True) == full
        assert sorted(pale, reverse=True) == pale
        assert pale[0] < 0.8 * full[-1]


def test_more_complaints_are_worse_so_the_colours_turn_round() -> None:
    frame = _compared(
        value=[82.5], reference=[80.0], verdict="worse"
    )  # 2.5 more per 1,000; relevant from 0.5: more than four times
    assert shades(frame, METRICS["complaint_rate"], "light") == [LIGHT.diverging[0]]


def test_too_few_is_grey_not_reliable_is_pale_and_reliable_only_hides_both() -> None:
    frame = _compared(value=[90.0, 90.0, 90.0], verdict=["too_few", "none", "better"])
    assert shades(frame, SCORE, "light") == [LIGHT.grey, LIGHT.pale[5], LIGHT.diverging[5]]
    assert shades(frame, SCORE, "light", "reliable") == [LIGHT.grey, LIGHT.grey, LIGHT.diverging[5]]


def test_bands_cut_at_60_and_75() -> None:
    frame = _compared(value=[59.96, 60.0, 74.9, 75.0])
    assert shades(frame, SCORE, "light", "bands") == [LIGHT.bands[0], LIGHT.bands[1], LIGHT.bands[1], LIGHT.bands[2]]


def test_rank_gives_the_best_the_deepest_blue_and_a_faint_one_where_it_is_not_reliable() -> None:
    frame = _compared(value=[70.0, 80.0, 90.0], verdict=["worse", "none", "better"])
    frame = frame.assign(rank=[2.0, np.nan, 1.0], ranked=[2.0, np.nan, 2.0])
    # (rank - .5) / 2 of seven classes: .25 is the second best, .75 the sixth; what is not ranked is grey
    assert shades(frame, SCORE, "light", "rank") == [LIGHT.diverging[1], LIGHT.grey, LIGHT.diverging[5]]
    faint = shades(frame.assign(verdict="none"), SCORE, "light", "rank")
    assert faint == [LIGHT.pale[1], LIGHT.grey, LIGHT.pale[5]]


@pytest.mark.parametrize("mode", ["difference", "reliable", "bands", "rank"])
def test_every_colour_is_explained_in_the_key(mode: str) -> None:
    frame = _compared(
        value=[60.0, 70.0, 75.0, 80.0, 84.0, 88.0, 99.0, 60.0, 99.0, 60.0],
        verdict=["worse"] * 3 + ["none"] + ["better"] * 3 + ["none", "none", "too_few"],
    )
    explained = {color for swatch in color_key(SCORE, "light", mode) for color in (swatch.color, swatch.beside)}
    drawn = set(shades(frame, SCORE, "light", mode))
    assert drawn <= explained or mode == "rank"  # the key of ranks names both ends of the scale


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_keeps_the_contrast_of_wcag_aa(theme: Tokens) -> None:
    for background in (theme.page, theme.panel):
        assert contrast(theme.text, background) >= 4.5
        assert contrast(theme.muted, background) >= 4.5
        assert contrast(theme.accent, background) >= 4.5
    for color in (*theme.diverging, *theme.pale, *theme.bands, theme.grey):
        assert contrast(ink(color), color) >= 4.5
    for color in theme.series:
        assert contrast(color, theme.page) >= 3  # WCAG 1.4.11: marks


def test_a_cell_of_the_map_carries_place_and_subject() -> None:
    frame = _map()
    cells = _spec(heat_map(frame, "mystery_score", "light"))["data"][0]
    assert [cell_ids(data[0]) for data in cells["customdata"]] == [("N", "T1"), ("N", "T2"), ("S", "T1"), ("S", "T2")]
    assert cell_ids(cell_id("a b", "c|d")) == ("a b", "c|d")


def _map() -> pd.DataFrame:
    return _compared(
        place=["N", "N", "S", "S"],
        place_label=[Named("华北", "North")] * 2 + [Named("华南", "South")] * 2,
        subject=["T1", "T2", "T1", "T2"],
        subject_label=[Named("店外环境", "Outside"), Named("进店问候", "Greeting")] * 2,
        value=[84.0, 80.2, 70.0, 79.0],
        verdict=["better", "none", "worse", "too_few"],
    )


def test_the_map_has_subjects_from_the_top_and_places_from_the_left() -> None:
    figure = heat_map(_map(), "mystery_score", "light")
    assert list(figure.data[0].x) == [0, 0, 1, 1]
    assert list(figure.data[0].base) == [-0.5, 0.5, -0.5, 0.5]
    assert list(figure.layout.xaxis.ticktext) == ["North", "South"]
    assert list(figure.layout.yaxis.ticktext) == ["Outside", "Greeting"]
    assert tuple(figure.layout.yaxis.range) == (1.5, -0.5)


def test_cells_show_the_signed_difference_or_the_value_and_hatch_what_is_too_few() -> None:
    figure = heat_map(_map(), "mystery_score", "light")
    minus = "\N{MINUS SIGN}"
    assert list(figure.data[0].text) == ["<b>+4.0▲</b>", "+0.2", f"<b>{minus}10.0▼</b>", f"{minus}1.0"]
    assert list(figure.data[0].marker.pattern.shape) == ["", "", "", "/"]
    assert list(heat_map(_map(), "mystery_score", "light", "bands").data[0].text)[1] == "80.2"


def _course() -> pd.DataFrame:
    months = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"])
    return pd.DataFrame(
        {
            "month": months,
            "label": [Month(m.date()) for m in months],
            "value": [80.0, 81.0, 79.0, 78.0],
            "low": [78.0, 79.0, 77.0, 75.0],
            "high": [82.0, 83.0, 81.0, 81.0],
            "n": [20, 20, 20, 4],
            "complete": [True, True, True, False],
            "segment": [0, 0, 1, 1],
        }
    )


def test_the_course_is_interrupted_where_the_checklist_changed() -> None:
    change = Break(date(2026, 3, 1), Message("new checklist"))
    figure = trend(_course(), "mystery_score", "light", [change])
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [len(line.x) for line in lines] == [2, 2]
    assert figure.layout.annotations[0].text == "new checklist"


def test_the_running_month_is_hollow_and_says_so() -> None:
    last = trend(_course(), "mystery_score", "light").data[-1]
    assert list(last.marker.color) == [tokens("light").accent, tokens("light").page]
    assert "still running" in last.hovertext[-1]


def test_figures_speak_the_readers_language() -> None:
    with speaking("zh"):
        figure = heat_map(_map(), "mystery_score", "light")
        assert list(figure.layout.xaxis.ticktext) == ["华北", "华南"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_figure_prints_nan_and_none_uses_placeholder_colours(theme: str) -> None:
    nan = float("nan")
    empty = _regions().assign(value=nan, low=nan, high=nan, reference=nan, difference=nan)
    figures = (
        ranking(empty, "nps", theme),
        heat_map(_map().assign(difference=nan, value=nan), "nps", theme),
        trend(_course(), "nps", theme),
        spark(_course(), "nps", theme),
    )
    for figure in figures:
        shown = [
            text for trace in figure.data for part in (trace.text, trace.hovertext) if part is not None for text in part
        ]
        assert not any("nan" in str(text).lower() for text in shown)
        assert "#00000" not in figure.to_json()  # what importing Streamlit puts for colours


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_knows_every_property_that_the_figures_set(theme: str) -> None:
    change = Break(date(2026, 3, 1), Message("new checklist"))
    for figure in (
        ranking(_regions(), "mystery_score", theme),
        heat_map(_map(), "mystery_score", theme),
        trend(_course(), "mystery_score", theme, [change], reference=80.0),
        spark(_course(), "mystery_score", theme),
    ):
        assert checked(figure).to_dict()["data"]


def test_dark_and_light_have_the_same_number_of_colours() -> None:
    assert len(DARK.series) == len(LIGHT.series)


def test_what_happened_stands_at_the_foot_and_what_lasted_has_a_bar() -> None:
    events = pd.DataFrame(
        {
            "happened_on": [date(2026, 2, 10), date(2026, 2, 20), date(2025, 12, 1), date(2026, 3, 31)],
            "until": [date(2026, 2, 12), date(2026, 4, 2), date(2026, 1, 15), date(2026, 3, 31)],
            "kind": ["Training", "Renovation", "Campaign", "Note"],
            "what": ["<b>a</b>", "b", "c", "d"],
        }
    )
    traces = trend(_course(), "mystery_score", "light", events=events).data
    bars = [[f"{x:%m-%d}" for x in trace.x] for trace in traces if trace.mode == "lines" and trace.line.width == 5]
    assert bars == [["02-01", "04-01"]]  # a ended in its own month, c began before the course
    (marks,) = [trace for trace in traces if trace.mode == "markers"]
    assert [f"{x:%m-%d}" for x in marks.x] == ["01-01", "02-01", "03-01"]
    assert marks.hovertext[1] == (
        "10 Feb 2026 – 12 Feb 2026 · Training · &lt;b&gt;a&lt;/b&gt;<br>20 Feb 2026 – 2 Apr 2026 · Renovation · b"
    )
