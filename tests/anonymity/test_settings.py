"""data/settings.toml: read, checked, and never less protection than was promised."""

from pathlib import Path

import pytest

from sq.errors import SettingsError
from sq.language import speaking
from sq.settings import read_settings


def written(folder: Path, text: str) -> Path:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_smallest_group_is_five(tmp_path: Path) -> None:
    assert read_settings(tmp_path).anonymity.minimum_group == 5


def test_a_larger_smallest_group_is_read(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "[anonymity]\nminimum_group = 10\n")).anonymity.minimum_group == 10


@pytest.mark.parametrize("value", ["4", "0", "-5"])
def test_a_smallest_group_below_five_is_refused(tmp_path: Path, value: str) -> None:
    written(tmp_path, f"[anonymity]\nminimum_group = {value}\n")
    with pytest.raises(
        SettingsError, match=rf"minimum_group is {value}; a group of fewer than 5 people is never shown"
    ):
        read_settings(tmp_path)
    with speaking("zh"), pytest.raises(SettingsError, match="少于 5 人的分组一律不予显示"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[anonymity]\nminimum = 5\n", "there is no setting anonymity.minimum"),
        ("[anonymity]\nminimum_group = '5'\n", "minimum_group cannot be '5'; it is a whole number"),
        ("[anonymity]\nminimum_group = 5.5\n", "it is a whole number"),
        ("[privacy]\n", "there is no setting privacy"),
        ("anonymity = 5", "anonymity cannot be 5"),
        ("[anonymity", "it is not a TOML file"),
    ],
)
def test_a_wrong_file_is_told_and_not_passed_over(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=r"settings\.toml cannot be used") as caught:
        read_settings(written(tmp_path, text))
    assert told in str(caught.value)
