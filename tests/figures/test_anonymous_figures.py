"""What is hidden is drawn as hidden: no number, no colour of good or bad, no click, and the reason in words."""

import json
from typing import Any

import pandas as pd
import pytest

from sq.figures.heat_map import cell_ids, heat_map
from sq.figures.hidden import hidden_key, hidden_share, hidden_words, instead_of_number
from sq.figures.inside import inside, inside_key
from sq.figures.ranking import ranking
from sq.figures.shades import limited
from sq.figures.shares import bands, distribution, drawn_widths, groups_shown, problems
from sq.figures.template import LIGHT, checked
from sq.figures.trend import trend
from sq.language import Named, speaking

NAN = float("nan")
FEW, NEIGHBOUR = "hidden: fewer than 5 answers", "hidden to protect a neighbour"


def stores() -> pd.DataFrame:
    """S1 shown, S2 shown as a limit, S3 too small, S4 hidden with it."""
    return pd.DataFrame(
        {
            "id": ["S1", "S2", "S3", "S4"],
            "label": ["One", "Two", "Three", "Four"],
            "value": [71.4, 95.0, NAN, NAN],
            "low": [66.0, 90.0, NAN, NAN],
            "high": [77.0, 95.0, NAN, NAN],
            "n": [12.0, 9.0, NAN, NAN],
            "stores": NAN,
            "reference": [70.0, 70.0, NAN, NAN],
            "difference": [1.4, NAN, NAN, NAN],
            "verdict": ["none", "", "", ""],
            "limit": ["", ">=", "", ""],
            "hidden_reason": ["", "too_few", "few", "neighbour"],
            "minimum": [5.0, 5.0, 5.0, 5.0],
        }
    )


def texts(figure: Any) -> str:
    return json.dumps(json.loads(figure.to_json())["data"], ensure_ascii=False)


def test_a_hidden_row_says_why_instead_of_a_number_and_hears_no_click() -> None:
    figure = ranking(stores(), "employee_index", "light")
    rows, dots, labels, _reference = figure.data
    assert list(labels.text) == ["71.4 · n 12", "≥95 · n 9", "", ""]
    assert [(a.y, a.text) for a in figure.layout.annotations] == [(2, FEW), (3, NEIGHBOUR)]
    for trace in (rows, dots, labels):
        assert [ids[0] for ids in trace.customdata] == ["S1", "S2", "", ""]
    assert list(rows.marker.pattern.shape) == ["", "", "x", "."]
    assert rows.hovertext[2] == (
        f"<b>Three</b><br>{FEW}<br>Whoever answers is promised anonymity: a group shows from 5 answers on."
    )
    assert rows.hovertext[1].split("<br>")[1] == "≥95 points"


def test_the_minimum_of_a_sensitive_dimension_is_told() -> None:
    assert hidden_words("few", 20) == "hidden: fewer than 20 answers"
    assert hidden_words("neighbour", 20) == NEIGHBOUR
    assert hidden_words("too_few") == hidden_words("") == ""


def test_an_extreme_is_shown_as_its_limit_only() -> None:
    assert [limited(95.0, ">="), limited(5.0, "<="), limited(95.0, ""), limited(71.44)] == ["≥95", "≤5", "95.0", "71.4"]


def test_tables_hold_words_where_a_number_may_not_be_told() -> None:
    assert list(instead_of_number(stores())) == ["", "≥95", FEW, NEIGHBOUR]
    assert list(instead_of_number(pd.DataFrame({"value": [1.0], "hidden_reason": ["too_few"]}))) == [""]


def test_the_key_names_only_what_is_hidden_here_and_the_share_of_it() -> None:
    assert [(s.label, s.pattern) for s in hidden_key(stores(), "light")] == [(FEW, "crossed"), (NEIGHBOUR, "dotted")]
    assert hidden_share(stores()) == "hidden: 2 of 4 (50 %)"
    assert hidden_key(stores()[:2], "light") == ()
    assert hidden_share(stores()[:2]) == ""
    assert hidden_share(pd.DataFrame({"value": [1.0]})) == ""


def cells() -> pd.DataFrame:
    return stores().assign(
        place=["N", "N", "S", "S"], place_label="", subject=["D1", "D2", "D1", "D2"], subject_label=""
    )


@pytest.mark.parametrize("mode", ["difference", "reliable", "bands", "rank"])
def test_a_hidden_cell_of_the_map_has_no_colour_in_any_mode(mode: str) -> None:
    (trace,) = heat_map(cells(), "employee_index", "light", mode).data
    assert list(trace.marker.color)[2:] == [LIGHT.page, LIGHT.page]
    assert list(trace.marker.pattern.shape)[2:] == ["x", "."]
    assert list(trace.text)[2:] == ["&lt;5", "–"]
    assert [cell_ids(ids[0]) for ids in trace.customdata] == [("N", "D1"), ("N", "D2"), ("", ""), ("", "")]


def waves() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.to_datetime(["2025-06-01", "2025-12-01", "2026-06-01"]),
            "label": [Named("2025年上半年"), Named("2025年下半年"), Named("2026年上半年")],
            "value": [70.0, NAN, 74.0],
            "low": [66.0, NAN, 70.0],
            "high": [74.0, NAN, 78.0],
            "n": [20.0, NAN, 22.0],
            "complete": True,
            "segment": 0,
            "hidden_reason": ["", "neighbour", ""],
            "minimum": 5.0,
        }
    )


def test_no_line_leads_across_a_hidden_wave_which_is_marked_at_the_foot() -> None:
    figure = trend(waves(), "employee_index", "light")
    lines = [t for t in figure.data if t.mode == "lines+markers"]
    assert [[v for v in line.y if v == v] for line in lines] == [[70.0], [74.0]]
    cross = figure.data[-1]
    # the axis goes from 66 - 3 to 78 + 3
    assert (list(cross.y), cross.customdata[0][0]) == ([pytest.approx(63 + 18 * 0.08)], "")
    assert cross.hovertext[0].startswith(f"<b>2025年下半年</b><br>{NEIGHBOUR}")
    assert list(figure.layout.xaxis.ticktext) == ["2025年<br>上半年", "2025年<br>下半年", "2026年<br>上半年"]


def test_what_happened_is_marked_at_the_foot_of_its_month() -> None:
    events = pd.DataFrame(
        {
            "happened_on": [d.date() for d in pd.to_datetime(["2025-06-20", "2025-07-02", "2026-06-03"])],
            "kind": ["Training", "Programme note", "Training"],
            "what": ["Greeting", "<b>Move</b>", "Repair"],
        }
    )
    marks = trend(waves(), "mystery_score", "light", events=events).data[-1]
    assert [str(x)[:7] for x in marks.x] == ["2025-06", "2026-06"]
    assert marks.hovertext[0] == (
        "20 Jun 2025 · Training · Greeting<br>2 Jul 2025 · Programme note · &lt;b&gt;Move&lt;/b&gt;"
    )
    assert {ids[0] for ids in marks.customdata} == {""}


def opinions() -> pd.DataFrame:
    return stores().assign(
        favourable=[62.0, 90.0, NAN, NAN],
        neutral=[25.0, 10.0, NAN, NAN],
        unfavourable=[13.0, 10.0, NAN, NAN],
        favourable_limit=["", ">=", "", ""],
        neutral_limit=["", "<=", "", ""],
        unfavourable_limit=["", "<=", "", ""],
    )


def test_bands_fill_the_bar_and_limits_divide_the_rest() -> None:
    exact, extreme, few, _neighbour = opinions().to_dict("records")
    assert drawn_widths(exact) == {"unfavourable": 13.0, "neutral": 25.0, "favourable": 62.0}
    assert drawn_widths(extreme) == {"unfavourable": 5.0, "neutral": 5.0, "favourable": 90.0}
    assert set(drawn_widths(few).values()) == {0.0}
    # 60, 31 and "at most 10": 9 is left of 100
    one_limit = {"favourable": 60.0, "neutral": 31.0, "unfavourable": 10.0, "unfavourable_limit": "<="}
    assert drawn_widths(one_limit)["unfavourable"] == 9.0


def test_a_band_that_is_withheld_takes_what_is_left_and_says_nothing() -> None:
    row = {"id": "A", "label": "A", "n": 11, "favourable": 10.0, "favourable_limit": "<=", "unfavourable": 77.0}
    # 77 are exact, at most 10 are favourable: 13 are left
    assert drawn_widths(row) == {"unfavourable": 77.0, "neutral": 13.0, "favourable": 10.0}
    _unfavourable, neutral, _favourable = bands(pd.DataFrame([row]), "light").data
    assert (list(neutral.text), list(neutral.marker.pattern.shape)) == (["–"], ["/"])
    assert "Neutral: –" in neutral.hovertext[0]


def test_bands_say_their_limits_and_hide_what_is_hidden() -> None:
    figure = bands(opinions(), "light")
    unfavourable, neutral, favourable, _hidden = figure.data
    assert list(favourable.text) == ["62 %", "≥90 %", "", ""]
    assert list(neutral.text) == ["25 %", "", "", ""]  # a tenth of a bar's half is too narrow for text
    assert list(favourable.marker.pattern.shape)[:2] == ["", "/"]
    page = LIGHT.page
    told = [(note.text, note.y, note.bgcolor) for note in figure.layout.annotations]
    assert told == [(FEW, 2, page), (NEIGHBOUR, 3, page)]  # on plain ground: no hatch runs through the words
    assert [ids[0] for ids in unfavourable.customdata] == ["S1", "S2", "", ""]
    assert favourable.hovertext[1] == "<b>Two</b><br>Favourable: ≥90 %<br>Neutral: ≤10 %<br>Unfavourable: ≤10 %<br>n 9"


def test_the_full_scale_has_a_column_per_answer_in_order() -> None:
    frame = pd.DataFrame({"category": [5.0, 1.0, 3.0], "share": [60.0, 10.0, 30.0], "limit": ["", "<=", ""]})
    (columns,) = distribution(frame, "light").data
    assert (list(columns.x), list(columns.y)) == (["1", "3", "5"], [10.0, 30.0, 60.0])
    assert list(columns.text) == ["≤10 %", "30 %", "60 %"]


def test_a_share_of_some_is_not_written_as_none_and_the_ends_of_a_scale_say_what_they_mean() -> None:
    shares = [0.0, 0.3, 99.7]
    frame = pd.DataFrame({"category": [1.0, 2.0, 3.0], "share": shares, "limit": ""})
    figure = distribution(frame, "light", ("worst", "best & <more>"))
    assert list(figure.data[0].text) == ["0 %", "<1 %", ">99 %"]
    assert list(figure.layout.xaxis.ticktext) == ["1<br>worst", "2", "3<br>best &amp; &lt;more&gt;"]
    assert list(figure.layout.xaxis.tickvals) == ["1", "2", "3"]


def test_problems_of_request_and_support_stand_apart_the_most_frequent_first() -> None:
    frame = pd.DataFrame(
        {
            "side": ["support", "request", "support"],
            "label": ["Late", "Unclear", "Ignored"],
            "share": [10.0, 36.0, 18.0],
            "limit": ["<=", "", ""],
        }
    )
    request, support = problems(frame, "light").data
    assert (request.name, list(request.x)) == ("In the request", [36.0])
    assert (list(support.x), list(support.text)) == ([18.0, 10.0], ["18 %", "≤10 %"])


def test_groups_shown_and_hidden_divide_a_bar() -> None:
    frame = pd.DataFrame({"label": ["W"], "groups": [20], "shown": [16], "few": [3], "neighbour": [1]})
    assert [list(trace.x) for trace in groups_shown(frame, "light").data] == [[80.0], [15.0], [5.0]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_knows_every_property_and_no_figure_prints_nan(theme: str) -> None:
    groups = pd.DataFrame({"label": ["W"], "groups": [20], "shown": [16], "few": [3], "neighbour": [1]})
    shares = pd.DataFrame({"category": [1.0], "share": [100.0], "limit": [""]})
    troubles = pd.DataFrame({"side": ["request"], "label": ["Late"], "share": [10.0], "limit": [""]})
    for figure in (
        ranking(stores(), "employee_index", theme),
        heat_map(cells(), "employee_index", theme),
        trend(waves(), "employee_index", theme),
        bands(opinions(), theme),
        distribution(shares, theme),
        problems(troubles, theme),
        groups_shown(groups, theme),
    ):
        assert checked(figure).to_dict()["data"]
        shown = [text for trace in figure.data for part in (trace.text, trace.hovertext) if part for text in part]
        assert not any("nan" in str(text).lower() for text in shown)


def test_the_reasons_are_told_in_chinese() -> None:
    with speaking("zh"):
        assert hidden_words("few", 5) == "已隐藏：不足 5 份答案"
        assert hidden_words("neighbour") == "为保护相邻群体而隐藏"


def said() -> pd.DataFrame:
    """Two items of one touchpoint by audits and staff, and a hidden one of another."""
    return pd.DataFrame(
        {
            "touchpoint": ["T1", "T1", "T2"],
            "touchpoint_label": ["Greeting", "Greeting", "Payment"],
            "instrument": ["management", "awareness", "awareness"],
            "instrument_label": ["Store management", "Service awareness", "Service awareness"],
            "item": ["G1", "W1", "W2"],
            "label": ["Greeting is <checked>", "I know the standard", "I know how to pay"],
            "wave": ["", "2026A", "2026A"],
            "value": [80.0, 60.0, NAN],
            "low": [76.0, NAN, NAN],
            "high": [84.0, NAN, NAN],
            "n": [12.0, 16.0, NAN],
            "limit": "",
            "hidden_reason": ["", "", "few"],
            "minimum": 5.0,
            "difference": [NAN, NAN, NAN],
            "verdict": ["worse", "", ""],
        }
    )


def test_what_is_said_inside_has_a_lane_and_a_mark_per_item_and_no_mark_where_it_is_hidden() -> None:
    audits, staff, words = inside(said(), "light").data
    assert [audits.customdata[0][0], staff.customdata[0][0]] == ["management:G1", "awareness:W1"]
    assert (len(audits.x), len(staff.x)) == (1, 1)
    assert list(words.y) == [audits.y[0], staff.y[0], pytest.approx(staff.y[0] + 1.45)]
    assert audits.y[0] + 1 == staff.y[0]  # one lane below the other, without room between them
    assert [text.strip("\N{NO-BREAK SPACE}") for text in words.text] == [
        "<span>Greeting is &lt;checked&gt;</span> <span><b>80.0 ▼</b></span>",
        "<span>I know the standard</span> <span>60.0</span>",
        f"<span>I know how to pay ·</span> <span>{FEW}</span>",
    ]
    # the axis runs from 56 to 88: the words of 80 stand left of its interval, those of 60 right of its mark
    assert list(words.textposition) == ["middle left", "middle right", "middle right"]
    assert list(words.x) == [76.0, 60.0, 56.0]
    assert audits.hovertext[0].startswith("<b>Greeting is &lt;checked&gt;</b><br>Store management<br>80.0 points")
    assert staff.hovertext[0].split("<br>")[1] == "Service awareness 2026A"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_of_what_is_said_inside_is_sound(theme: str) -> None:
    assert checked(inside(said(), theme)).layout.yaxis.ticktext == ("Greeting", "Payment")
    assert len(checked(inside(said(), theme)).layout.shapes) == 2  # a strip behind each touchpoint
    above = checked(inside(said(), theme, is_narrow=True)).data[-1]
    assert [float(y) for y in above.y] == pytest.approx([0.45 - 0.5, 1.45 - 0.5, 2.9 - 0.5])
    assert set(above.x) == {56.0}
    assert [s.label for s in inside_key(said(), theme)] == ["Store management", "Service awareness"]
