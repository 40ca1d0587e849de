"""Findings of a wrong profile say what to change in it: scale, missing code, date format, words, heading, table."""

from pathlib import Path

import pytest

from sq.checking import Finding
from sq.errors import ProfileError
from sq.intake import batches, examine, load
from tests.sources.making import written

PROFILE = """
[[section]]
table = "customer_responses"
columns.response_id = "no"
columns.store_id = "branch"
columns.answered_on = { heading = "day", format = "%d/%m/%Y" }
items = { service = "Service", price = "Price" }
missing = [9]

[section.derive.stores]
columns = { store_id = "branch", store_name = "branch", region = { constant = "All" } }

[[items]]
item_id = "service"
text_zh = "服务"
scale_min = 1
scale_max = 5

[[items]]
item_id = "price"
text_zh = "价格"
scale_min = 1
scale_max = 5
"""
FORMS = "no,branch,day,Service,Price\n1,A,05/03/2024,5,9\n2,A,06/03/2024,4,2\n3,B,25/03/2024,9,4\n4,B,26/03/2024,1,3\n"


def findings(folder: Path, toml: str = PROFILE, csv: str = FORMS) -> list[Finding]:
    """What is found in the file by the profile, the command's way."""
    file, profile = written(folder / "survey.csv", csv), written(folder / "vendor.toml", toml)
    return list(examine(folder / "data", [file], profile).findings)


def told(folder: Path, toml: str = PROFILE, csv: str = FORMS) -> list[tuple[str, str, int]]:
    """(code, what the profile should say, rows) of each piece of advice, in order."""
    found = findings(folder, toml, csv)
    return [(f.code, f.value, f.row_count) for f in found if f.code.startswith("profile_")]


def test_a_profile_that_fits_gets_no_advice(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


def test_a_missing_code_that_is_not_declared_is_proposed_once_for_all_questions(tmp_path: Path) -> None:
    toml = PROFILE.replace("missing = [9]\n", "")
    assert told(tmp_path, toml) == [("profile_missing", "missing = [9]", 2)]  # one in Service, one in Price
    first = findings(tmp_path, toml)[0]
    assert str(first.message) == (
        "survey.csv, row 2, column Price (and 1 more row): "
        "if this code means no answer, the profile should say: missing = [9]."
    )


def test_following_the_advice_makes_the_file_load(tmp_path: Path) -> None:
    toml = PROFILE.replace("missing = [9]\n", "")
    (_, snippet, _), *_ = told(tmp_path, toml)
    better = toml.replace('format = "%d/%m/%Y" }\n', 'format = "%d/%m/%Y" }\n' + snippet + "\n", 1)
    assert findings(tmp_path, better) == []


def test_a_scale_that_is_too_short_is_proposed_longer(tmp_path: Path) -> None:
    csv = FORMS + "5,B,26/03/2024,6,3\n6,B,26/03/2024,7,3\n7,B,26/03/2024,8,3\n8,B,26/03/2024,10,3\n"
    toml = PROFILE.replace("missing = [9]\n", "")
    assert told(tmp_path, toml, csv)[0] == ("profile_scale", "scale_max = 10", 5)  # 6, 7, 8, 9 and 10 in Service
    # a 6 alone may be a code or the next step of the scale: both are said
    one = FORMS + "5,B,26/03/2024,6,3\n"
    assert told(tmp_path, PROFILE, one) == [
        ("profile_missing", "missing = [6]", 1),
        ("profile_scale", "scale_max = 6", 1),
    ]
    assert told(tmp_path, PROFILE, FORMS + "5,B,26/03/2024,0,3\n") == [
        ("profile_missing", "missing = [0]", 1),
        ("profile_scale", "scale_min = 0", 1),
    ]


@pytest.mark.parametrize(("said", "right"), [("%m/%d/%Y", "%d/%m/%Y"), ("%Y-%m-%d", "%d/%m/%Y")])
def test_day_and_month_that_change_places_are_told_with_the_format_that_reads_them(
    tmp_path: Path, said: str, right: str
) -> None:
    toml = PROFILE.replace("%d/%m/%Y", said)
    (code, snippet, rows), *rest = told(tmp_path, toml)
    assert (code, snippet, rest) == ("profile_date", f'format = "{right}"', [])
    assert rows == (2 if said == "%m/%d/%Y" else 4)  # there is no 25th month; nothing is written year first


def test_dates_in_the_future_by_the_wrong_order_are_told(tmp_path: Path) -> None:
    csv = "no,branch,day,Service,Price\n1,A,01/12/2096,5,3\n"
    assert told(tmp_path, PROFILE, csv) == [("profile_date", 'format = "%m/%d/%Y"', 1)]


def test_words_among_answers_and_codes_are_told_with_where_their_meaning_goes(tmp_path: Path) -> None:
    csv = FORMS.replace("4,2", "Good,2")
    assert told(tmp_path, PROFILE, csv) == [("profile_values", 'item_values = { "Good" = … }', 1)]
    toml = PROFILE.replace("missing = [9]", 'missing = [9]\ncolumns.has_complained = "complained"')
    csv = "no,branch,day,Service,Price,complained\n1,A,05/03/2024,5,9,Jein\n"
    assert told(tmp_path, toml, csv) == [("profile_values", 'values = { "Jein" = … }', 1)]


def test_a_key_that_repeats_is_told_with_a_longer_one(tmp_path: Path) -> None:
    csv = FORMS + "4,A,27/03/2024,2,2\n"
    assert told(tmp_path, PROFILE, csv) == [("profile_key", 'columns.response_id = "{no}-{row}"', 1)]
    better = PROFILE.replace('columns.response_id = "no"', 'columns.response_id = "{no}-{row}"')
    assert findings(tmp_path, better, csv) == []


def test_stores_that_no_list_names_can_come_from_the_file(tmp_path: Path) -> None:
    toml = PROFILE[: PROFILE.index("[section.derive")] + PROFILE[PROFILE.index("[[items]]") :]
    assert told(tmp_path, toml) == [
        ("profile_derive", 'derive.stores.columns = { store_id = "…", store_name = "…", region = "…" }', 4)
    ]


def test_rows_without_a_value_that_is_needed_can_be_skipped_by_name(tmp_path: Path) -> None:
    csv = FORMS + ",,,,\n6,A,,3,3\n"
    assert told(tmp_path, PROFILE, csv) == [("profile_skip", 'skip."no value" = { heading = "day", empty = true }', 1)]
    toml = PROFILE.replace("missing = [9]", 'missing = [9]\nskip."no value" = { heading = "day", empty = true }')
    assert findings(tmp_path, toml, csv) == []


def test_a_wrong_heading_is_told_with_the_nearest_and_changes_nothing(tmp_path: Path) -> None:
    file, profile = (
        written(tmp_path / "survey.csv", FORMS),
        written(tmp_path / "vendor.toml", PROFILE.replace('"Service"', '"Sevice"')),
    )
    with pytest.raises(ProfileError) as error:
        load(tmp_path / "data", [file], profile)
    assert str(error.value.what) == (
        "survey.csv has no heading Sevice, which customer_responses.items.service of the profile names. "
        "It has for example Service and Price."
    )
    assert batches(tmp_path / "data") == []


def test_a_wrong_table_is_told_with_the_one_that_has_these_columns(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as error:
        findings(tmp_path, PROFILE.replace('"customer_responses"', '"complaints"'))
    assert str(error.value.what) == (
        "In the profile vendor.toml, section.1.columns.response_id: complaints has no column response_id, "
        "which belongs to customer_responses, employee_responses, and internal_service_responses: "
        "correct table or column."
    )
