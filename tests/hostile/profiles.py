"""Hostile mapping profiles, and hostile data behind good ones."""

from __future__ import annotations

import random
from pathlib import Path

from tests.hostile.base import GOOD, csv_text
from tests.hostile.cases import Delivery, fixed, kind
from tests.hostile.texts import CELLS, damaged, rows_of, written
from tests.hostile.workbooks import saved, workbook

VENDOR = [
    ["样本", "网点", "日期", "问候", "满意度", "意见", "多选"],
    ["1", "S1", "2026/1/5", "是", "5", "好", "a;b"],
    ["2", "S2", "2026/1/6", "否", "9", "", ""],
    ["3", "S3", "2026/1/7", "不适用", "3", "慢", "a"],
    ["合计", "", "", "", "17", "", ""],
]
LINES = (
    'name = "vendor"',
    "[[section]]",
    'files = ["vendor*"]',
    'table = "mystery_visits"',
    'columns.visit_id = "A-{样本}"',
    'columns.store_id = "网点"',
    'columns.visited_on = { heading = "日期", format = "%Y/%m/%d" }',
    'columns.comment = { heading = "意见", missing = ["好"] }',
    "missing = [9]",
    'skip."footer total" = { heading = "样本", matches = "^合计" }',
    'ignore = ["*"]',
    "[section.items]",
    'M1 = { heading = "问候", values = { "是" = 1, "否" = 0 } }',
    'M2 = "满意度"',
    'extra = { heading = "多选", contains = "a" }',
    "[section.derive.stores]",
    'columns.store_id = "网点"',
    'columns.store_name = "Store {网点}"',
    'columns.region = { heading = "网点", values = { "S1" = "华北" }, otherwise = "华南" }',
    "[[items]]",
    'item_id = "extra"',
    'text_zh = "多选a"',
    "scale_min = 0",
    "scale_max = 1",
)
VALUES = (
    "1", "-1", '{ headings = ["*度", "问*"] }', '{ headings = "问候", name = "满意度", value = "x" }', '[{ pattern = "(.+)" }]', '[{ pattern = "(?P<a>满.*)", id = "{a}{b}", defaults = { text_en = "{0}", scale_min = 0, scale_max = "{1}" } }]',
    '{ heading = "样本", is = ["1"] }', '[{ heading = "样本", matches = ".*" }, { heading = "没有", empty = true }]', '{ "^S(.)$" = "x", "(" = 1 }', '"upper"', '"month"', '"quarter"', '["%Y", "%Y/%m/%d"]', '{ key = ["样本", "网点"], on = ["样本"] }', "0", "1e400", "nan", "-inf", "99999999999999999999", "true", '""', '"x"', '" "', "[]", "{}", '[1, "a", [2]]', "[[[[]]]]", "{ a = { b = 1 } }",
    "2026-01-05", "2026-01-05T10:00:00Z", "10:00:00", '"{"', '"}"', '"{}"', '"{{样本}}"', '"{样本"', '"{row}{file}{sheet}"', '"{nothing}"', '"{样本}{样本}{样本}"',
    '"(a+)+$"', '"(a|a)*b"', '"["', '"(?P<x>"', '"a{99999999999}"', '"(?<=a+)b"', '".*.*.*.*.*.*.*x"', '"%Y%Y"', '"%"', '"%Q"', '"utf-7"', '"rot13"', '"idna"', '"undefined"',
    '"unicode_escape"', '"utf-16"', '"gb18030"', '"\\u0000"', '"\\n"', '"\\u202e"', '["*", "?", "[", "[!]"]', '{ heading = ["网点", "样本"] }', '{ constant = [1] }',
    '{ heading = "网点", values = { "S1" = [1] } }', '{ heading = "满意度", bands = { "5..1" = 1, "nan..2" = 2 } }', '{ heading = "样本", default = nan }', '{ template = "x", heading = "y" }',
    '{ heading = "样本", is = [1], is_not = [1], empty = true }', '{ file = "vendor*", key = "样本", on = "样本" }', '{ sheet = "none", key = "x", on = "y" }', '"mystery_visits"', '"stores"', '"items"', '"mystery_visits_answers"', '"no_table"',
)  # fmt: skip
KEYS = (
    "columns.status", "columns.total_score", "columns.shopper_id", "columns.wave_id", "columns.nothing", "constants.store_id", "constants.visited_on", "constants.comment", "encoding", "separator", "decimal",
    "heading_row", "merged_cells", "item_pattern", "item_values", "missing", "multi_select", "distinct", "table", "files", "sheets", "ignore", "nothing", 'skip."x"', "skip.x.matches", "lookups.x", "name", "items.M2", "items.M1.missing",
    "columns.store_id.remove", "columns.store_id.extract", "columns.store_id.case", "columns.visited_on.until", "columns.visited_on.format", "items.M2.factor", "items.M2.patterns", "items.M2.only_if", "items.M2.bands", "unpivot", "unpivot.headings", "item_groups", "derive.stores.count", "derive.stores.keep", "ignore_files", "lookups.x.where",
    "derive.items", "derive.stores.columns.city", "derive.nothing", "item_defaults", "item_defaults.scale_max", "derive.stores.order_by",
)  # fmt: skip


@kind(14)
def profile_lines(rng: random.Random, folder: Path) -> Delivery:
    """A good profile with lines changed, added, lost or moved."""
    lines = list(LINES)
    for _time in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(lines))
        match rng.choice(["value", "value", "add", "add", "add", "drop", "move", "double"]):
            case "value":
                key, equals, _value = lines[at].partition(" = ")
                lines[at] = f"{key} = {rng.choice(VALUES)}" if equals else lines[at]
            case "add":
                lines.insert(rng.randint(2, 11), f"{rng.choice(KEYS)} = {rng.choice(VALUES)}")
            case "drop":
                del lines[at]
            case "move":
                lines.insert(rng.randrange(len(lines)), lines.pop(at))
            case _:
                lines.insert(at, lines[at])
    return vendor(rng, folder, "\n".join(lines))


@kind(3)
def profile_bytes(rng: random.Random, folder: Path) -> Delivery:
    """A good profile with spoilt bytes."""
    return vendor(rng, folder, damaged(rng, "\n".join(LINES).encode()))


@kind(6)
def profile_data(rng: random.Random, folder: Path) -> Delivery:
    """A good profile and hostile data: cells, rows, headings, bytes."""
    rows = [list(row) for row in VENDOR]
    for _time in range(rng.randint(1, 6)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(CELLS)
    if rng.random() < 0.2:
        rows = rng.choice([rows[:1], [], [["title"], *rows], rows * 3, [row[::-1] for row in rows]])
    return vendor(rng, folder, "\n".join(LINES), rows)


@kind(4)
def profile_tables(rng: random.Random, folder: Path) -> Delivery:
    """A profile for any table, with each column from any heading."""
    table, rows = rows_of(rng)
    head = rows[0]
    lines = ["[[section]]", f'table = "{rng.choice([table, table, *GOOD])}"']
    for name in head:
        how = rng.choice(["heading", "heading", "template", "constant", "none"])
        source = rng.choice([name, name, rng.choice(head)])
        value = {"heading": f'"{source}"', "template": f'"{{{source}}}-{{row}}"', "constant": "{ constant = 1 }"}.get(
            how
        )
        if value:
            lines.append(f'columns."{name}" = {value}')
    lines += [f"{rng.choice(KEYS)} = {rng.choice(VALUES)}"] if rng.random() < 0.5 else []
    files = (written(folder, "x.csv", csv_text(rows)),)
    return Delivery(files, written(folder, "p.toml", "\n".join(lines)), rng.random() < 0.5)


def vendor(rng: random.Random, folder: Path, profile: str | bytes, rows: list[list[str]] | None = None) -> Delivery:
    """A vendor's file and a profile for it."""
    rows = VENDOR if rows is None else rows
    if rng.random() < 0.3:
        path = written(folder, "vendor.xlsx", saved(workbook({"data": rows, "说明": [["x", "y"], ["1", "2"]]})))
    else:
        text = csv_text(rows).replace("\0", "")
        path = written(folder, "vendor.csv", text.encode(rng.choice(["utf-8", "gb18030"]), "replace"))
    return Delivery((path,), written(folder, "p.toml", profile), rng.random() < 0.4)


def _profile(name: str, text: str | bytes, must: str = "sentence") -> None:
    def maker(rng: random.Random, folder: Path) -> Delivery:
        path = written(folder, "vendor.csv", csv_text([*VENDOR, [*["a" * 40 + "!"] * 7]]))
        return Delivery((path,), written(folder, "p.toml", text), must=must)

    maker.__name__ = f"profile_{name}"
    fixed(maker)


_SECTION = '[[section]]\ntable = "mystery_visits"\n'
for _name, _text in {
    "nested_for_ever": "a = " + "[" * 100_000,
    "of_nested_tables": "a = " + "{ a = " * 20_000 + "1" + " }" * 20_000,
    "of_dotted_keys": "a" + ".a" * 20_000 + " = 1",
    "of_a_number_without_end": "a = " + "9" * 100_000,
    "of_a_hundred_megabytes": b"# " + b"x" * (100 << 20),
    "with_a_pattern_that_never_ends": _SECTION + "item_pattern = '(a+)+$'",
    "with_a_rule_that_never_ends": _SECTION + 'skip.x = { heading = "意见", matches = "^(a|a)*$" }',
    "with_a_pattern_of_many_stars": _SECTION + "item_pattern = '" + ".*" * 30 + "x'",
    "with_a_pattern_in_a_pattern": _SECTION + "item_pattern = '(?:(?:a{0,99}){0,99}){0,99}b'",
    "with_a_pattern_of_many_brackets": _SECTION + "item_pattern = '" + "(" * 5_000 + "a" + ")" * 5_000 + "'",
    "with_a_pattern_too_often": _SECTION + "item_pattern = 'a{99999999999}'",
    "with_a_pattern_of_a_megabyte": _SECTION + "item_pattern = '" + "a|" * 200_000 + "b'",
    "with_a_format_twice": _SECTION + 'columns.visited_on = { heading = "日期", format = "%Y%Y" }',
    "with_a_format_of_nothing": _SECTION + 'columns.visited_on = { heading = "日期", format = "%Q" }',
    "with_a_list_as_constant": _SECTION + "constants.store_id = [1, [2]]",
    "with_a_table_as_value": _SECTION + 'columns.store_id = { heading = "网点", values = { "S1" = { a = 1 } } }',
    "with_stores_without_a_key": _SECTION + '[section.derive.stores]\ncolumns.region = "网点"',
    "with_an_encoding_that_is_none": _SECTION + 'encoding = "unicode_escape"',
    "with_an_encoding_with_a_nul": _SECTION + 'encoding = "\\u0000"',
    "with_a_separator_that_is_none": _SECTION + 'separator = "\\n"',
    "with_a_row_beyond_all": _SECTION + "heading_row = 9000000000000000000",
    "with_a_template_of_a_megabyte": _SECTION + 'columns.visit_id = "' + "{样本}" * 60_000 + '"',
    "with_missing_codes_of_an_item_as_a_number": _SECTION
    + 'items.extra = "满意度"\n[[items]]\nitem_id = "extra"\ntext_zh = "x"\nscale_min = 0\nscale_max = 1\nmissing = 5',
    "with_values_of_an_item_as_a_text": _SECTION
    + 'items.extra = "满意度"\n[[items]]\nitem_id = "extra"\ntext_zh = "x"\nscale_min = 0\nscale_max = 1\nvalues = "x"',
}.items():
    _profile(_name, _text)
_profile("that_is_good", "\n".join(LINES), must="refused")
