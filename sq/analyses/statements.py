"""What the slides of an agenda state: stored words in the reader's language, and which would change on other data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sq.analyses.slide_content import Chart, SlideContent, Told
from sq.analyses.wording import Listing, Words
from sq.language import LANGUAGES, N_, Message, current_language, number, speaking
from sq.workspace import Slide

KEPT, CHANGED, OWN, LOST = "kept", "changed", "own", "lost"
KINDS: dict[str, str] = {
    CHANGED: N_("changes"),
    OWN: N_("your own words: check them"),
    LOST: N_("cannot be shown any more"),
    KEPT: N_("stays"),
}


@dataclass(frozen=True)
class Change:
    """One slide on the old and on the new data.

    ``kind``: kept, changed, lost (the new data know no such view), or own (the words are a reader's, the numbers behind
    them change). ``before`` and ``after``: the answers of the view.
    """

    slide: Slide
    kind: str
    before: Told
    after: Told


@dataclass(frozen=True)
class Headed:
    """The words of a slide: its message is its headline, what it is about stands small above; any part may be ''."""

    topic: str
    headline: str
    rest: str


def headed(topic: str, message: str) -> Headed:
    """A message whose first sentence is the headline and whose others stand below; without one the topic is it."""
    first, *others = _SENTENCE_ENDS.split(message.strip(), maxsplit=1)
    if not first or first == topic:
        return Headed("", topic, " ".join(others).strip())
    return Headed(topic, first.strip(), " ".join(others).strip())


_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[“\"(]?[^\W\d_a-z])|(?<=[。！？])|\n+")


def statements(content: SlideContent) -> tuple[Told, ...]:
    """The sentences that a view can put on a slide: its answer, and who of its chart differs reliably."""
    chart = content.chart
    is_judged = bool(chart.series) and any(verdict in JUDGED for verdict in chart.series[0].verdicts)
    if chart.kind != "dots" or not str(chart.against) or not is_judged:
        return (content.answer,)
    return (content.answer, _who_differs(chart))


_BOTH = N_("{title}: reliably better than {against}: {better}; reliably worse: {worse}.")
_BETTER = N_("{title}: reliably better than {against}: {better}. Nothing is reliably worse.")
_WORSE = N_("{title}: reliably worse than {against}: {worse}. Nothing is reliably better.")
_NOTHING = N_("{title}: nothing differs reliably from {against}.")
MOST_NAMED = 5
HAN = ("\u4e00", "\u9fff")
JUDGED = ("better", "worse", "none")


def _who_differs(chart: Chart) -> Message:
    found = {
        verdict: [c for c, v in zip(chart.categories, chart.series[0].verdicts, strict=False) if v == verdict]
        for verdict in ("better", "worse")
    }
    words = {(True, True): _BOTH, (True, False): _BETTER, (False, True): _WORSE, (False, False): _NOTHING}
    named = {verdict: _named(labels) for verdict, labels in found.items()}
    values = {"title": chart.title, "against": chart.against, **named}
    return Message(words[bool(found["better"]), bool(found["worse"])], values)


def _named(labels: list[Words]) -> Words:
    """The first of many names, and how many there are beyond."""
    more = len(labels) - MOST_NAMED
    if more <= 1:
        return Listing(tuple(labels))
    first = Listing(tuple(labels[:MOST_NAMED]))
    return Message(N_("{names} and {count} more"), {"names": first, "count": number(more, 0)})


def retold(text: str, known: Iterable[Told]) -> str:
    """A stored text; one that equals a known sentence in any language is told in the reader's."""
    for sentence in known:
        for language in LANGUAGES:
            with speaking(language):
                is_this = str(sentence) == text
            if is_this:
                return str(sentence)
    return text


def sentence_of(slide: Slide, content: SlideContent | None) -> str:
    """What a slide says below its title: the reader's words, or the view's own statement."""
    if content is None or (not content.is_sound and slide.sentence):
        return slide.sentence
    return retold(slide.sentence, statements(content)) if slide.sentence else str(content.answer)


def title_of(slide: Slide, known: Iterable[Told] = ()) -> str:
    """A slide's title; one that sq gave (``known``) is told in the reader's language."""
    return retold(slide.title, known)


def is_foreign(text: str) -> bool:
    """Whether a text seems to be in another language than the reader's; names keep their signs in any language."""
    han = sum(HAN[0] <= sign <= HAN[1] for sign in text)
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    return bool(han or latin) and (2 * han >= latin) != (current_language() == "zh")


def stated(slide: Slide, content: SlideContent) -> int | None:
    """Which of the view's statements the slide says; None where its words are a reader's."""
    if not slide.sentence:
        return 0
    for place, statement in enumerate(statements(content)):
        for language in LANGUAGES:
            with speaking(language):
                if str(statement) == slide.sentence:
                    return place
    return None


def changes(
    slides: Sequence[Slide], before: Mapping[str, SlideContent], after: Mapping[str, SlideContent]
) -> tuple[Change, ...]:
    """What moving to other data does to each captured view; ``before`` and ``after``: slide id → content."""
    return tuple(_change(slide, before.get(slide.id), after[slide.id]) for slide in slides if slide.id in after)


def _change(slide: Slide, old: SlideContent | None, new: SlideContent) -> Change:
    which = stated(slide, old) if old is not None else None
    said = _statement(old, which or 0) if old is not None else slide.sentence
    says = _statement(new, which or 0)
    if not new.is_sound:
        return Change(slide, LOST, said, new.answer)
    if str(said) == str(says):
        return Change(slide, KEPT, said, says)
    return Change(slide, OWN if which is None else CHANGED, said, says)


def _statement(content: SlideContent, which: int) -> Told:
    found = statements(content)
    return found[min(which, len(found) - 1)]


def moved(change: Change) -> Slide | None:
    """The slide with its sentence on the new data; None where its words stay as they are."""
    if change.kind != CHANGED or not change.slide.sentence:
        return None
    return change.slide.but(sentence=str(change.after))
