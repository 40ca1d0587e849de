"""The words of customers' comments, counted when a snapshot is published.

A comment in Chinese is cut into words by jieba-rs (rjieba), whose tags tell words that say something (nouns, verbs,
adjectives, idioms, foreign words) from those that only join. A word that denies stays with the one it denies:
"不清楚" says the opposite of "清楚". Every comment counts a word once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from sq.checking.personal import SURNAME

# A word of fewer comments says nothing of a group, and may tell who wrote it.
FEWEST_COMMENTS = 3
MOST_TERMS = 2000  # the most frequent; a chart shows a dozen of them
LONGEST_TERM = 24
SAYING = ("n", "v", "a", "i", "l", "z", "j", "eng")  # parts of speech of the jieba dictionary
PERSON = "nr"
DENYING = frozenset({"不", "没", "没有", "无", "未", "别", "不太", "不够"})
EMPTY_WORDS = Path(__file__).parent / "rollups" / "empty_words.txt"


def publish_terms(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the temporary table customer_terms: response_key, term ('' once per comment), from the snapshot."""
    rows = con.execute(
        "SELECT response_key, comment FROM snapshot.responses WHERE coalesce(comment, '') <> '' ORDER BY response_key"
    ).fetchall()
    found = [(int(key), term) for key, comment in rows for term in terms_of(str(comment))]
    kept = _told_often((term for _key, term in found), _earlier(con))
    told = [(key, term) for key, term in found if term in kept] + [(int(key), "") for key, _comment in rows]
    frame = pd.DataFrame(told, columns=["response_key", "term"]).astype({"response_key": "int32", "term": "object"})
    con.execute("CREATE OR REPLACE TEMP TABLE customer_terms (response_key INTEGER, term VARCHAR)")
    if len(frame):
        con.register("told_terms", frame)
        con.execute("INSERT INTO customer_terms SELECT response_key, term FROM told_terms")
        con.unregister("told_terms")


def _earlier(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How often words stood in comments that were dropped since (`sq retain`)."""
    rows = con.execute(
        "SELECT substr(subject, strpos(subject, ':') + 1) AS term, sum(n)::INTEGER FROM kept_scores "
        "WHERE subject_kind = 'word' GROUP BY term HAVING term <> ''"
    ).fetchall()
    return {str(term): int(n) for term, n in rows}


def _told_often(terms: Iterable[str], earlier: Mapping[str, int]) -> set[str]:
    often = (Counter(terms) + Counter(earlier)).most_common(MOST_TERMS)
    return {term for term, count in often if count >= FEWEST_COMMENTS}


@cache
def empty_words() -> frozenset[str]:
    """Words of the right kind that carry no matter of their own."""
    lines = EMPTY_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def terms_of(comment: str) -> list[str]:
    """The words of a comment that say something, each once, in their first order."""
    return list(dict.fromkeys(_terms(comment)))


def _terms(comment: str) -> Iterator[str]:
    from rjieba import tag

    denial = ""
    for word, kind in tag(comment):
        if word in DENYING:
            denial = word
            continue
        term = word.strip().lower()
        if kind.startswith(SAYING) and not _names_a_person(term, kind) and _says_something(term, kind):
            yield denial + term
        denial = ""


def _names_a_person(term: str, kind: str) -> bool:
    """Names of people are never counted; the dictionary also takes "太贵" for one, which no surname begins."""
    return kind.startswith(PERSON) and (term.isascii() or bool(re.match(SURNAME, term)))


def _says_something(term: str, kind: str) -> bool:
    """Two characters or an adjective ("贵"); of a foreign word three letters; no number and nothing that was masked."""
    if term in empty_words() or len(term) > LONGEST_TERM or not any(sign.isalpha() for sign in term):
        return False
    if term.isascii():
        return term.isalpha() and len(term) > 2
    return len(term) > 1 or kind.startswith("a")
