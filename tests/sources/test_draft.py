"""A draft of a profile is a profile: it loads, and importing with it works."""

import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from sq.demo import build
from sq.errors import ProfileError, SourceError
from sq.intake import Report, load
from sq.sources.draft import draft, write_draft
from sq.sources.profile import Profile
from sq.sources.profile_checks import load_profile
from tests.conftest import sq
from tests.sources.making import workbook, written

VISITS = """Visit no.;Branch;Area;Date of visit;Greeting;Waiting time;Friendliness;Order;Remark
1001;Berlin;East;05/01/2026;Yes;5;4;3;fine
1002;Bonn;West;19/01/2026;No;9;2;1;
1003;Bonn;West;23/01/2026;Yes;1;9;2;too slow
1004;Berlin;East;24/01/2026;Yes;3;3;4;
Total;;;;;18;18;10;
"""


def drafted(path: Path, table: str | None = None) -> tuple[Profile, str]:
    """The draft for a file, loaded, and its text."""
    text = draft(path, table)
    return load_profile(written(path.parent / f"{path.name}.toml", text)), text


def imported(path: Path, folder: Path) -> Report:
    """A file imported into a new data folder with its own draft."""
    profile = write_draft(path, folder / "draft.toml")
    return load(folder / "data", [path], profile)


def counts(report: Report) -> dict[str, tuple[int, int, int]]:
    """Table → rows read, new and skipped."""
    return {c.table: (c.read, c.new, c.skipped) for c in report.counts}


def test_headings_dates_words_codes_and_totals_are_found(tmp_path: Path) -> None:
    profile, text = drafted(written(tmp_path / "visits.csv", VISITS))
    section = profile.section[0]
    assert section.table == "mystery_visits"
    assert section.separator == ";"
    assert {name: column.heading for name, column in section.columns.items()} == {
        "visit_id": "Visit no.",
        "store_id": "Branch",
        "visited_on": "Date of visit",
        "comment": "Remark",
    }
    assert section.columns["visited_on"].format == "%d/%m/%Y"  # 19/01 has no 19th month
    assert section.items["greeting"].values == {"Yes": 1, "No": 0}
    assert section.missing == [9]  # 9 lies beyond 1 to 5
    assert section.skip["row of totals"][0].one_of == ["Total"]
    assert section.derive["stores"].columns["region"].heading == "Area"
    scales = {row["item_id"]: (row["scale_min"], row["scale_max"]) for row in profile.items}
    assert scales == {"greeting": (0, 1), "waiting_time": (1, 5), "friendliness": (1, 5), "order": (1, 5)}
    assert "# seen: 5 (1), 9 (1), 1 (1), 3 (1)" in text


def test_an_import_with_the_draft_works(tmp_path: Path) -> None:
    report = imported(written(tmp_path / "visits.csv", VISITS), tmp_path)
    assert report.outcome == "loaded"
    assert counts(report) == {"stores": (2, 2, 0), "items": (4, 4, 0), "mystery_visits": (5, 4, 1)}


def test_words_of_satisfaction_become_numbers(tmp_path: Path) -> None:
    rows = "问卷编号,网点,填写日期,环境,速度\n1,甲,2026年1月5日,很满意,不满意\n"
    rows += "2,乙,2026年1月6日,一般,满意\n3,甲,2026年1月7日,满意,很不满意\n"
    path = tmp_path / "客户满意度.csv"
    path.write_bytes(rows.encode("gb18030"))
    profile, text = drafted(path)
    section = profile.section[0]
    assert section.table == "customer_responses"
    assert section.encoding == "gb18030"
    assert section.items["环境"].values == {"很满意": 5, "一般": 3, "满意": 4}
    assert {row["scale_max"] for row in profile.items} == {5}
    assert "???" in text
    assert imported(path, tmp_path).outcome == "loaded"


def test_a_draft_never_writes_over_a_profile(tmp_path: Path) -> None:
    path = written(tmp_path / "visits.csv", VISITS)
    written(tmp_path / "mine.toml", 'name = "checked by hand"')
    with pytest.raises(SourceError, match=r"mine\.toml cannot be written, or is there already"):
        write_draft(path, tmp_path / "mine.toml")
    assert (tmp_path / "mine.toml").read_text() == 'name = "checked by hand"'


def test_a_file_like_nothing_and_a_table_that_does_not_exist_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Nothing in x\.csv is like a table that is known\. Say with --table"):
        draft(written(tmp_path / "x.csv", "a,b\nfoo,bar\nbaz,qux\n"))
    with pytest.raises(ProfileError, match="did you mean mystery_visits"):
        draft(written(tmp_path / "visits.csv", VISITS), "mystery_visit")


def test_hostile_headings_and_values_stay_within_their_quotes(tmp_path: Path) -> None:
    odd = 'a"]\n[[stores]]\nstore_id = "x'
    sheet = [["visit", "branch", "date", odd, "{Total}", "ok\x7f"]]
    sheet += [[f"V{i}", f"B{i % 2}\n#", f"2026-01-{i + 1:02}", i % 2, i % 2, i % 2] for i in range(9)]
    frame = pd.DataFrame(sheet[1:], columns=sheet[0])
    frame.to_csv(tmp_path / "mystery.csv", index=False)
    profile, text = drafted(tmp_path / "mystery.csv")
    assert profile.stores == []
    assert len(profile.section) == 1
    assert tomllib.loads(text)["section"][0]["columns"]["store_id"] == "branch"
    assert len(profile.section[0].items) == 3


def test_the_command_prints_or_writes_the_draft(tmp_path: Path) -> None:
    path = written(tmp_path / "visits.csv", VISITS)
    assert sq("profile", "draft", str(path), folder=tmp_path).stdout == draft(path)
    done = sq("profile", "draft", str(path), "--output", str(tmp_path / "p.toml"), folder=tmp_path)
    assert done.stdout == f"The draft is {tmp_path / 'p.toml'}; check every line marked with ???.\n"
    assert (tmp_path / "p.toml").read_text(encoding="utf-8") == draft(path)
    again = sq("profile", "draft", str(path), "--output", str(tmp_path / "p.toml"), folder=tmp_path, check=False)
    assert (again.returncode, again.stderr.splitlines()[0][:24]) == (2, "p.toml cannot be written")


# the simulated chain's files as another vendor would head them: table → our headings' new names
RENAMED = {
    "暗访数据_2026Q3.xlsx": {"暗访编号": "Inspection No", "门店编号": "Outlet code", "暗访日期": "Visit date"},
    "客户答卷.csv": {"答卷编号": "Respondent", "门店编号": "Shop", "答卷日期": "Survey date", "权重": "Weight"},
    "员工答卷_2026H2.xlsx": {"答卷编号": "Form", "门店编号": "Branch office", "部门编号": "Team"},
    "投诉.xlsx": {"投诉编号": "Ticket no", "门店编号": "Outlet", "受理时间": "Received at", "办结时间": "Closed at"},
    "管理诊断.xlsx": {"诊断编号": "Audit no", "门店编号": "Outlet", "诊断日期": "Audit date"},
    "服务意识答卷.xlsx": {"答卷编号": "Form no", "门店编号": "Store"},
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a simulated chain of six stores."""
    folder = tmp_path_factory.mktemp("chain")
    build(folder, stores=6, months=4, customers=300)
    return folder


@pytest.mark.parametrize("name", RENAMED)
def test_files_of_the_simulated_chain_under_other_headings_are_imported(chain: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".csv"):
        pd.read_csv(chain / name, dtype=str, encoding="gb18030").rename(columns=RENAMED[name]).to_csv(path, index=False)
    else:
        book = openpyxl.load_workbook(chain / name)
        for cell in book.worksheets[0][1]:
            cell.value = RENAMED[name].get(str(cell.value), cell.value)
        book.save(path)
    rows = len(pd.read_csv(path) if name.endswith(".csv") else pd.read_excel(path, engine="calamine"))
    report = imported(path, tmp_path)
    assert [str(f.message) for f in report.findings if f.severity == "error"] == []
    table = {"暗": "mystery_visits", "客": "customer_responses", "员": "employee_responses", "投": "complaints",
             "管": "management_audits", "服": "awareness_responses"}[name[0]]  # fmt: skip
    assert counts(report)[table] == (rows, rows, 0)


def test_a_list_of_stores_under_other_headings_is_imported(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "网点.xlsx",
        网点清单=[
            ["网点编码", "网点名称", "所属大区", "所在城市"],
            ["S1", "一店", "华北", "北京"],
            ["S2", "二店", "华南", "广州"],
        ],
    )
    assert counts(imported(path, tmp_path)) == {"stores": (2, 2, 0)}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("sfo_customer_survey/2014.csv.gz", {"customer_responses": 2_818, "stores": 62}),
        ("austin_food_inspections/inspections.csv.gz", {"mystery_visits": 81_507, "stores": 10_150}),
        ("beijing_mobile_satisfaction/voice_no_freetext.csv.gz", {"customer_responses": 5_433, "stores": 1}),
        (
            "pierce_county_employee_survey/responses_long.csv.gz",
            {"employee_responses": 14_725, "employee_responses_answers": 14_725, "departments": 21, "items": 10},
        ),
        ("mystery_shopping_banks_2dii/mystery_2022.csv", {"mystery_visits": 253, "stores": 24}),
    ],
)
def test_real_files_are_imported_with_their_drafts(
    shared: Path, tmp_path: Path, file: str, expected: dict[str, int]
) -> None:
    report = imported(shared / "datasets" / file, tmp_path)
    assert report.outcome == "loaded"
    new = {c.table: c.new for c in report.counts}
    assert {table: new[table] for table in expected} == expected


def test_the_airports_codes_for_no_answer_are_suspected(shared: Path) -> None:
    path = shared / "datasets" / "sfo_customer_survey" / "2014.csv.gz"
    found = tomllib.loads(draft(path))
    ratings = {row["item_id"]: (row["scale_min"], row["scale_max"]) for row in found["items"] if row["item_id"] < "q8"}
    assert ratings["q7art"] == (1, 5)
    assert found["section"][0]["items"]["q7art"] == {"heading": "Q7ART", "missing": [0, 6]}
    assert found["section"][0]["columns"]["weight"] == "WEIGHT"
    assert '# columns.answered_on = "2014-01-{INTDATE}"' in draft(path)
