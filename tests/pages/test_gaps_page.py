"""The gap board: what is not measured says how to bring it, what cannot be subtracted stands side by side."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sq.settings_remedies import remedies
from tests.pages.conftest import Open, answer_of, texts_of
from tests.pages.test_every_page import NEVER
from tests.small_chain import publish_frames, small_frames

Frames = dict[str, Any]
GAPS = ("knowledge", "standards", "delivery", "communication", "perception", "internal", "competitor")


def board_of(at: Any) -> pd.DataFrame:
    return next(t.value for t in at.dataframe if "question" in t.value).set_index("name")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("gap", GAPS)
def test_every_gap_opens_from_its_address(open_page: Open, gap: str, language: str, demo_data: Path) -> None:
    at = open_page("gaps", language, folder=demo_data, gap=gap)
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


def test_the_small_chain_is_short_of_its_target_by_hand(open_page: Open) -> None:
    at = open_page("gaps", gap="delivery", start="2026-01", end="2026-04")
    rows = board_of(at)
    delivery = rows.loc["Gap 3 · Delivery"]
    # visits V01 to V08 but the draft and void ones, V11 with its total, V12 without a score; target 80
    scores = [100, 250 / 7, 80, 50, 850 / 9, 400 / 9, 750 / 9, 100, 70]
    assert delivery["value"] == f"{sum(scores) / 9 - 80:+.1f}".replace("-", "−") == "−6.9"
    assert delivery["verdict"] == "no reliable difference"


@pytest.mark.parametrize(
    ("gone", "gap"),
    [
        ("mystery_visits", "Gap 3 · Delivery"),
        ("mystery_visits", "Competitors"),
        ("awareness_responses", "Gap 1 · Knowledge"),
        ("awareness_responses", "Internal and external"),
        ("customer_responses", "Gap 1 · Knowledge"),
        ("customer_responses", "Gap 5 · Perception"),
    ],
)
def test_a_missing_instrument_leaves_its_gap_not_measured_and_says_what_it_needs(
    open_page: Open, tmp_path: Path, gone: str, gap: str
) -> None:
    frames = small_frames()
    publish_frames(tmp_path, frames | {gone: frames[gone].iloc[:0]})
    at = open_page("gaps", folder=tmp_path)
    assert not at.exception
    row = board_of(at).loc[gap]
    assert row["value"] == "not measured"
    assert row["where"].startswith("not measured: needs")


def test_elements_asked_on_different_scales_are_not_subtracted(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    items = frames["items"]
    is_belief = (items["instrument"] == "awareness") & (items["role"] == "importance")
    longer = items.assign(scale_max=items["scale_max"].where(~is_belief, 10))
    for table, taken in ((items, True), (longer, False)):
        publish_frames(tmp_path / str(taken), frames | {"items": table})
        at = open_page("gaps", folder=tmp_path / str(taken), gap="knowledge")
        told = " ".join(texts_of(at))
        assert ("nothing is subtracted" in told) == (not taken)
        assert (board_of(at).loc["Gap 1 · Knowledge", "value"] == "no difference taken") == (not taken)


def test_without_expectations_the_target_stands_in_and_is_named(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    target = pd.DataFrame([{"metric": "customer_index", "level": "chain", "valid_from": "2026-01-01", "target": 90}])
    publish_frames(tmp_path, frames | {"targets": pd.concat([frames["targets"], target], ignore_index=True)})
    at = open_page("gaps", folder=tmp_path, gap="perception")
    assert "this is perception less the target" in " ".join(texts_of(at))


def test_without_a_target_delivery_is_held_against_the_full_mark(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    publish_frames(tmp_path, frames | {"targets": frames["targets"].iloc[:0]})
    at = open_page("gaps", folder=tmp_path, gap="delivery", start="2026-01", end="2026-04")
    assert "compared with the full mark of 100" in " ".join(texts_of(at))
    assert board_of(at).loc["Gap 3 · Delivery", "value"] == "−26.9"  # 73.1 of 100


def test_no_data_of_any_gap_says_so(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    kept = {name: frames[name].iloc[:0] for name in ("mystery_visits", "customer_responses", "awareness_responses")}
    publish_frames(tmp_path, frames | kept)
    for language, words in (("en", "None of the gaps is measured"), ("zh", "没有测评任何差距")):
        at = open_page("gaps", language, folder=tmp_path)
        assert not at.exception
        assert words in answer_of(at)


def test_a_hidden_group_is_told_and_never_drawn(open_page: Open, demo_data: Path) -> None:
    hidden = 0
    for store in ("S001", "S002", "S003", "S004"):
        at = open_page("gaps", folder=demo_data, gap="knowledge", store=store)
        assert not at.exception
        hidden += "hidden" in board_of(at).loc["Gap 1 · Knowledge", "where"]
    assert hidden, "a store has one or two managers"


LIST = '[delivery]\nremedies = [{ zh = "换一种办法", en = "Try something else" }]\n'


def test_an_installation_replaces_the_remedies_of_a_gap(open_page: Open, tmp_path: Path) -> None:
    publish_frames(tmp_path, small_frames())
    own = tmp_path / "remedies.toml"
    assert "Try something else" not in " ".join(texts_of(open_page("gaps", folder=tmp_path, gap="delivery")))
    own.write_text(LIST, encoding="utf-8")
    told = [m for m in texts_of(open_page("gaps", folder=tmp_path, gap="delivery")) if m.startswith("- ")]
    assert told == ["- Try something else"]
    assert "- 换一种办法" in texts_of(open_page("gaps", "zh", folder=tmp_path, gap="delivery"))
    assert remedies(tmp_path)["knowledge"].remedies, "the other gaps keep theirs"


@pytest.mark.parametrize(
    "text", ["[delivery\n", "[nonsense]\nremedies = []\n", "[delivery]\nremedies = [{ en = 'x' }]\n"]
)
def test_a_list_that_cannot_be_read_is_told_in_one_sentence(open_page: Open, tmp_path: Path, text: str) -> None:
    publish_frames(tmp_path, small_frames())
    (tmp_path / "remedies.toml").write_text(text, encoding="utf-8")
    at = open_page("gaps", folder=tmp_path)
    assert not at.exception
    assert [e.value.split(" cannot be used")[0] for e in at.error] == ["The list of remedies in data/remedies.toml"]
