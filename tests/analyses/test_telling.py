"""The sentence says what the numbers say."""

import pytest

from sq.analyses.telling import answer
from sq.language import Named, speaking
from sq.metrics.catalogue import METRICS

SCORE = METRICS["mystery_score"]
ROW = {
    "value": 81.2, "low": 80.0, "high": 82.4, "n": 214, "difference": -4.1, "diff_low": -5.6, "diff_high": -2.6,
    "p_adjusted": 0.001, "verdict": "worse",
}  # fmt: skip


def told(**changes: object) -> str:
    return str(answer(SCORE, Named("北方", "North"), ROW | changes, Named("其他大区", "the other regions")))


def test_a_reliable_difference_names_size_interval_and_n() -> None:
    expected = (
        "North: Mystery score 81.2, 4.1 points below the other regions (95 %: 2.6 to 5.6; 214 visits) – reliably worse."
    )
    assert told() == expected
    with speaking("zh"):
        assert told().startswith("北方：暗访得分 81.2，比其他大区低 4.1 分（95% 区间：2.6 至 5.6；214 次暗访）")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (
            {"difference": 4.1, "diff_low": 2.6, "diff_high": 5.6, "verdict": "better"},
            "4.1 points above the other regions",
        ),
        (
            {"verdict": "none", "diff_high": 0.4, "p_adjusted": 0.3},
            "no reliable difference from the other regions (−4.1 points",
        ),
        ({"verdict": "none", "difference": -1.2, "p_adjusted": 0.01}, "is too small to matter (−1.2 points"),
        ({"verdict": "none", "p_adjusted": 0.2}, "once all comparisons made here are allowed for"),
        ({"verdict": "too_few", "n": 2}, "81.2 (2 visits) – too few to judge against the other regions"),
        ({"verdict": ""}, "81.2 (95 %: 80.0 to 82.4; 214 visits)."),
        ({"verdict": "", "low": float("nan"), "n": 1}, "81.2 (1 visit)."),
    ],
)
def test_every_verdict_has_its_sentence(changes: dict[str, object], part: str) -> None:
    assert part in told(**changes)
