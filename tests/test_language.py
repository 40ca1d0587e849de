"""Every sentence of the interface exists in Chinese, with the same gaps to fill, and nothing else lies around."""

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from sq.language import LOCALE_FOLDER, LOCALES, Message, _, month, ngettext, number, percent, period, signed, speaking

ROOT = Path(__file__).resolve().parent.parent
MARKS = {"_", "N_", "Message", "ngettext"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CATALOGUES = sorted((LOCALE_FOLDER / LOCALES["zh"]).glob("*.po"))
# Translations that need no Chinese character: names, units and pure patterns.
ALIKE = re.compile(r"^[^A-Za-z]*$|^(NPS|SQL|Excel|CSV|English|中文)$")


@cache
def _code() -> dict[Path, ast.Module]:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "sq").rglob("*.py")]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in files if path.exists()}


def _marked() -> Iterator[tuple[str, str]]:
    """(msgid, where) of every literal that is marked for translation."""
    for path, tree in _code().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in MARKS:
                for text in _literals(node):
                    yield text, f"{path.relative_to(ROOT)}:{node.lineno}"


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _literals(node: ast.Call) -> Iterator[str]:
    arguments = node.args[: 2 if _called(node) == "ngettext" else 1]
    arguments = [*arguments, *(k.value for k in node.keywords if k.arg in {"msgid", "many"})]
    for argument in arguments:
        for choice in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
            if isinstance(choice, ast.Constant) and isinstance(choice.value, str) and choice.value:
                yield choice.value


@cache
def _entries() -> dict[str, list[tuple[str, Entry]]]:
    """msgid (singular and plural) → catalogue and entry."""
    found: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for path in CATALOGUES:
        with path.open("rb") as file:
            for entry in read_po(file, locale=LOCALES["zh"], abort_invalid=True):
                for msgid in entry.id if isinstance(entry.id, tuple) else (entry.id,):
                    if msgid:
                        found[msgid].append((path.name, entry))
    return found


def _texts(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.string) if isinstance(entry.string, tuple | list) else (str(entry.string),)


def _gaps(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_every_marked_sentence_has_a_chinese_translation() -> None:
    missing = sorted({f"{where}: {text}" for text, where in _marked() if not _translated(text)})
    assert missing == []


def test_what_has_a_plural_is_translated_as_one() -> None:
    plural = {entry.id for entries in _entries().values() for _name, entry in entries if isinstance(entry.id, tuple)}
    missing = sorted({f"{where}: {pair}" for pair, where in _plurals() if pair not in plural})
    assert missing == []


def _plurals() -> Iterator[tuple[tuple[str, ...], str]]:
    """(singular and plural, where) of every sentence that is chosen by a count."""
    for path, tree in _code().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in {"ngettext", "Message"}:
                many = {"ngettext": node.args[1:2], "Message": node.args[2:3]}[_called(node)]
                pair = [_constant(node) for node in (*node.args[:1], *many, *_many_of(node))]
                if len(pair) == 2 and all(pair):
                    yield tuple(pair), f"{path.relative_to(ROOT)}:{node.lineno}"


def _many_of(node: ast.Call) -> Iterator[ast.expr]:
    return (keyword.value for keyword in node.keywords if keyword.arg == "many")


def _constant(node: ast.expr) -> str:
    """The literal, also inside N_()."""
    inner = node.args[0] if isinstance(node, ast.Call) and _called(node) == "N_" and node.args else node
    return inner.value if isinstance(inner, ast.Constant) and isinstance(inner.value, str) else ""


def _translated(text: str) -> bool:
    return any(all(_texts(entry)) for _name, entry in _entries().get(text, []))


def test_translations_have_the_same_gaps_to_fill() -> None:
    wrong = [
        f"{name}: {msgid!r} → {text!r}"
        for msgid, entries in _entries().items()
        for name, entry in entries
        for text in _texts(entry)
        if _gaps(text) - {"count"} != _gaps(msgid) - {"count"}
    ]
    assert wrong == []


def test_translations_are_chinese_and_sources_are_english() -> None:
    entries = [(msgid, name, text) for msgid, found in _entries().items() for name, e in found for text in _texts(e)]
    assert [m for m, _name, _text in entries if CHINESE.search(m) and not ALIKE.match(m)] == []
    bare = [re.sub(r"\{[^}]*\}", "", text) for _m, _name, text in entries]
    assert [text for text in bare if not CHINESE.search(text) and not ALIKE.match(text.strip())] == []


def test_chinese_sentences_have_chinese_punctuation_and_numbers_have_not() -> None:
    beside = r"[\u4e00-\u9fff{}“”]"
    wrong = re.compile(rf"{beside}[,:;!?()]|[,:;!?()]{beside}|\d[，：]\d")
    texts = [text for found in _entries().values() for _name, entry in found for text in _texts(entry)]
    assert [text for text in texts if wrong.search(text)] == []


def test_a_verdict_has_the_same_words_everywhere() -> None:
    """“明确” is our word for reliable and relevant; “可靠” may only stand where reliability alone is explained."""
    texts = {text for found in _entries().values() for _name, entry in found for text in _texts(entry)}
    assert [text for text in texts if "可靠" in text and "统计上可靠" not in text] == []


def test_one_sentence_has_one_translation() -> None:
    texts = {msgid: {_texts(entry) for _name, entry in found} for msgid, found in _entries().items()}
    assert {msgid: found for msgid, found in texts.items() if len(found) > 1} == {}


def test_no_translation_is_unused_or_marked_as_doubtful() -> None:
    said = {
        node.value
        for tree in _code().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(_entries()) - said) == []
    assert [msgid for msgid, found in _entries().items() if any(entry.fuzzy for _name, entry in found)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.stem)
def test_a_catalogue_is_whole(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=LOCALES["zh"], abort_invalid=True)
    assert catalogue.num_plurals == 1
    assert catalogue.charset is not None
    assert catalogue.charset.lower() == "utf-8"
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize(
    ("value", "decimals", "english", "chinese"),
    [
        (12.4, 0, "12 %", "12%"),
        (0.0, 0, "0 %", "0%"),
        (0.3, 0, "<1 %", "<1%"),
        (0.5, 0, "<1 %", "<1%"),  # a half is rounded to the even zero
        (0.3, 1, "0.3 %", "0.3%"),
        (0.04, 1, "<0.1 %", "<0.1%"),
        (99.7, 0, ">99 %", ">99%"),
        (100.0, 0, "100 %", "100%"),
        (100 * (0.1 + 0.2) / 0.3, 0, "100 %", "100%"),  # 100.00000000000001 to a computer
        (float("nan"), 0, "–", "–"),
    ],
)
def test_percent_is_written_one_way_and_never_says_nobody_or_everybody_of_some(
    value: float, decimals: int, english: str, chinese: str
) -> None:
    with speaking("en"):
        assert percent(value, decimals) == english
    with speaking("zh"):
        assert percent(value, decimals) == chinese


def test_numbers_are_written_for_readers() -> None:
    with speaking("en"):
        assert number(1234.56) == "1,234.6"
        assert number(-0.04) == "0.0"
        assert number(float("nan")) == "–"
        assert signed(1.25) == "+1.2"
        assert signed(-3) == "\N{MINUS SIGN}3.0"
        assert signed(0.04) == "0.0"


def test_months_are_written_in_the_readers_form() -> None:
    from datetime import date

    with speaking("en"):
        assert month(date(2026, 3, 1)) == "Mar 2026"
        assert period(date(2026, 3, 1), date(2026, 3, 1)) == "Mar 2026"
    with speaking("zh"):
        assert month(date(2026, 3, 1)) == "2026年3月"
        assert period(date(2026, 1, 1), date(2026, 3, 1)) == "2026年1月 – 2026年3月"


def test_a_message_is_translated_when_it_is_shown() -> None:
    told = Message("{what} in {where}", {"what": Message("no such sentence"), "where": "A"})
    with speaking("en"):
        assert str(told) == "no such sentence in A"
        assert ngettext("{count} visit (test)", "{count} visits (test)", 1) == "1 visit (test)"
        assert ngettext("{count} visit (test)", "{count} visits (test)", 1200) == "1,200 visits (test)"
        assert _("A text without gaps keeps its {braces}") == "A text without gaps keeps its {braces}"
