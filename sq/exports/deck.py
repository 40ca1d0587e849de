"""PowerPoint: one slide per view with a native, editable chart, its data inside; speaker notes; a footer.

Bars begin at zero and carry their 95 % interval as error bars: everybody can edit them, and a cut-off bar would lie.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from math import ceil
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from sq.analyses.definitions import MetricDefinition
from sq.analyses.slide_content import Card, SlideContent, text_width
from sq.exports.deck_chart import CHINESE_FONT, LANGUAGE_TAGS, LATIN_FONT, Box, add_chart, color_of, rgb, said
from sq.exports.deck_heat import add_heat, add_table
from sq.exports.handout import GATHERED, Handout, Leaf, Progress, silent
from sq.exports.writing import clean
from sq.figures.shades import mark
from sq.figures.slide import read_as
from sq.figures.template import LIGHT
from sq.language import N_, Message, _, current_language, day

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.55)
TITLE, TOP, TITLE_HEIGHT = Pt(28), Inches(0.3), Inches(0.75)
SMALLEST = 12  # points: 24 px at 1080 lines
SMALL = Pt(SMALLEST)
# Points of a headline and the lines it may take in them: the longer the smaller, never cut.
TOPIC, HEADLINES = Pt(14), ((28, 2), (24, 2), (22, 3), (20, 3), (18, 4), (16, 5), (14, 7))
LINE = 1.2  # height of a line in its own size
BOLD, PLAIN = 0.6, 0.54  # width of a half-width character in its own size
INSET = 0.1  # inches above and below a text in its box, together
SIDE = Inches(3.6)  # width of the cards and sentences beside a chart
TITLE_ONLY, BLANK = 5, 6  # layouts of python-pptx's own template
MOST_CARDS, MOST_POINTS, MOST_ROWS = 4, 6, 12
NOTE, NOTE_LINE, NOTE_WIDTH = Pt(12), Inches(0.24), 132  # of a note below a course; half-width characters
FOOT_END, FOOT_WIDTH = Inches(7.42), Inches(11.5)
CARD = Inches(1.06)  # height of a card with the space below it
GAP = 5  # points between sentences


def deck(handout: Handout, progress: Progress = silent) -> bytes:
    """The handout as a PowerPoint file in the current language."""
    show = _empty()
    _signed(show, handout)
    _title_slide(show, handout)
    for place, leaf in enumerate(handout.leaves):
        told = Message(N_("Drawing slide {number} of {all}"), {"number": place + 1, "all": len(handout.leaves)})
        progress(told, GATHERED + (1 - GATHERED) * place / len(handout.leaves))
        _leaf(show, handout, leaf, place + 2)
    if found := handout.definitions():
        _definitions(show, handout, found, len(handout.leaves) + 2)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _signed(show: Any, handout: Handout) -> None:
    """The file's own properties: what it is and of which day, not who wrote python-pptx's template."""
    facts = show.core_properties
    facts.title, facts.subject = clean(str(handout.title)), clean(handout.footer())
    facts.author = facts.last_modified_by = "sq"
    facts.created = facts.modified = datetime.combine(handout.made_on, time())
    facts.language, facts.comments, facts.keywords = LANGUAGE_TAGS[current_language()], "", ""


def _empty() -> Any:
    """A presentation of 16:9 whose theme has fonts with Chinese glyphs."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    _fonts(show)
    for layout in (show.slide_master, *show.slide_layouts):
        for holder in layout.placeholders:
            if holder.placeholder_format.type is not None and holder.placeholder_format.idx == 0:
                holder.left, holder.top, holder.width, holder.height = (
                    MARGIN,
                    Inches(0.3),
                    WIDTH - 2 * MARGIN,
                    Inches(0.7),
                )
    return show


def _fonts(show: Any) -> None:
    """Put Latin and Chinese fonts into the theme, so that every text and every chart has them."""
    part = show.slide_master.part.part_related_by(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    )
    tree = etree.fromstring(part.blob)
    for kind in ("majorFont", "minorFont"):
        for font in tree.iter(qn(f"a:{kind}")):
            font.find(qn("a:latin")).set("typeface", LATIN_FONT)
            font.find(qn("a:ea")).set("typeface", CHINESE_FONT)
            for script in font.findall(qn("a:font")):
                if script.get("script") in {"Hans", "Hant"}:
                    script.set("typeface", CHINESE_FONT)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _title_slide(show: Any, handout: Handout) -> None:
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    _title(slide, str(handout.title), Pt(40), Inches(2.6))
    text = _box(slide, MARGIN, Inches(3.6), WIDTH - 2 * MARGIN, Inches(1.2))
    said(text, handout.footer(), Pt(18), LIGHT.muted)


def _leaf(show: Any, handout: Handout, leaf: Leaf, number: int) -> None:
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    if leaf.kind == "section":
        _title(slide, leaf.heading(), Pt(40), Inches(2.6))
        said(_box(slide, MARGIN, Inches(3.6), WIDTH - 2 * MARGIN, Inches(2)), leaf.message(), Pt(20), LIGHT.muted)
    elif leaf.content is None:
        _title(slide, leaf.heading())
        said(_box(slide, MARGIN, Inches(1.2), WIDTH - 2 * MARGIN, Inches(5.4)), leaf.message(), Pt(24))
    else:
        _view(slide, leaf, leaf.content, _footer(slide, handout, leaf, number))
    if leaf.content is None:
        _footer(slide, handout, leaf, number)
    if leaf.speech():
        slide.notes_slide.notes_text_frame.text = leaf.speech()


def _view(slide: Any, leaf: Leaf, content: SlideContent, bottom: int) -> None:
    """What it says and what about, the chart on the left, cards and sentences on the right, all above ``bottom``."""
    top = _headline(slide, leaf)
    side = _beside(content)
    lines = content.happened_lines(NOTE_WIDTH) if content.chart.happened else []
    bottom -= len(lines) * NOTE_LINE
    wide = WIDTH - 2 * MARGIN - (SIDE + Inches(0.25) if side else 0)
    if content.chart.is_drawn and content.chart.kind == "heat":
        add_heat(slide, content.chart, (MARGIN, top, wide, bottom - top))
    elif content.chart.is_drawn:
        add_chart(slide, content.chart, (MARGIN, top, wide, bottom - top))
    elif side and not side[0]:  # as on the screen: the sentences, which are the answer where nothing is drawn
        wide = WIDTH - 2 * MARGIN
        _sentences(slide, side[1], (MARGIN, top, wide, bottom - top), 20)
        side = None
    elif not content.table.is_empty:
        add_table(slide, content.table, (MARGIN, top, wide, bottom - top), MOST_ROWS)
    if lines:
        said(_box(slide, MARGIN, bottom, WIDTH - 2 * MARGIN, len(lines) * NOTE_LINE), "\n".join(lines), NOTE)
    if side:
        _side(slide, *side, top, bottom)


def _headline(slide: Any, leaf: Leaf) -> int:
    """The message in the title's own place, the topic above it, further sentences below; where the next may begin."""
    told, top = leaf.headed(), int(Inches(0.22))
    if told.topic:
        said(_box(slide, MARGIN, top, WIDTH - 2 * MARGIN, Inches(0.34)), told.topic, TOPIC, LIGHT.muted, bold=True)
        top += int(Inches(0.3))
    size = _fitting(told.headline)
    height = _tall(told.headline, size, WIDTH - 2 * MARGIN, BOLD)
    _title(slide, told.headline, Pt(size), top, height)
    top += height
    if told.rest:
        size = 16 if lines_of(told.rest, 16, WIDTH - 2 * MARGIN) <= 2 else SMALLEST
        height = _tall(told.rest, size, WIDTH - 2 * MARGIN)
        said(_box(slide, MARGIN, top, WIDTH - 2 * MARGIN, height), told.rest, Pt(size))
        top += height
    return top + int(Inches(0.08))


def _fitting(words: str) -> int:
    """The largest size of a headline that has room for it, else the smallest of all texts."""
    fit = (size for size, most in HEADLINES if lines_of(words, size, WIDTH - 2 * MARGIN, BOLD) <= most)
    return next(fit, SMALLEST)


def lines_of(words: str, size: float, width: int, wide: float = PLAIN) -> int:
    """How many lines a text of so many points takes in a width of EMU; a little more than most fonts need."""
    room = (width / Pt(1) - 15) / (size * wide)  # half-width characters of a line; 15 points are the box's own margins
    return sum(max(1, ceil(text_width(line) / room)) for line in words.split("\n"))


def _tall(words: str, size: float, width: int, wide: float = PLAIN) -> int:
    """The height of a text's box."""
    return int(Inches(INSET)) + int(Pt(lines_of(words, size, width, wide) * size * LINE))


def _beside(content: SlideContent) -> tuple[tuple[Card, ...], tuple[str, ...]] | None:
    """Cards and sentences that stand beside a chart; None where there are none, or the chart needs the whole width."""
    if len(content.chart.series) > 1 and content.chart.kind == "dots":
        return None
    points = tuple(map(str, content.points))
    cards = content.cards[: MOST_CARDS - (2 if points else 0)]
    return (cards, points) if cards or points else None


def _side(slide: Any, cards: tuple[Card, ...], points: tuple[str, ...], top: int, bottom: int) -> None:
    """Cards, and below them as many whole sentences as have room."""
    left = WIDTH - MARGIN - SIDE
    for place, card in enumerate(cards):
        _card(slide, card, left, top + place * CARD)
    below = top + len(cards) * CARD
    _sentences(slide, points, (left, below, SIDE, bottom - below), SMALLEST)


def _sentences(slide: Any, points: tuple[str, ...], box: Box, size: int) -> None:
    """As many whole sentences as have room, in so many points."""
    left, top, wide, tall = box
    shown, used = [], int(Inches(INSET))
    for point in points[:MOST_POINTS]:
        used += int(Pt(lines_of(point, size, wide) * size * LINE + GAP * size / SMALLEST))
        if used > tall:
            break
        shown.append(point)
    if shown:
        text = _box(slide, left, top, wide, tall)
        for place, point in enumerate(shown):
            said(text, point, Pt(size), more=place > 0)
            text.paragraphs[-1].space_after = Pt(GAP * size / SMALLEST)


def _card(slide: Any, card: Card, left: int, top: int) -> None:
    text = _box(slide, left, top, SIDE, CARD - Inches(0.06))
    text.vertical_anchor = MSO_ANCHOR.MIDDLE
    shape = text._parent
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(LIGHT.panel)
    said(text, str(card.title), SMALL, LIGHT.muted)
    said(text, f"{card.value} {mark(card.verdict)}".strip(), Pt(18), LIGHT.text, bold=True, more=True)
    if str(card.change):
        said(text, str(card.change), SMALL, color_of(card.verdict), more=True)


def _definitions(show: Any, handout: Handout, found: tuple[MetricDefinition, ...], number: int) -> None:
    """What the numbers mean, on the last slide."""
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    _title(slide, _("What the numbers mean"))
    text = _box(slide, MARGIN, Inches(1.1), WIDTH - 2 * MARGIN, Inches(5.4))
    for place, one in enumerate(found):
        said(text, _("{title}: {formula}", title=one.title, formula=one.formula), Pt(13), more=place > 0)
    _footer(slide, handout, Leaf("text"), number)


def _title(slide: Any, words: str, size: int = TITLE, top: int = TOP, height: int = TITLE_HEIGHT) -> None:
    holder = slide.shapes.title
    holder.left, holder.top, holder.width, holder.height = MARGIN, top, WIDTH - 2 * MARGIN, height
    holder.text_frame.word_wrap = True
    said(holder.text_frame, words, size, LIGHT.text, bold=True)
    holder.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    holder.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def _footer(slide: Any, handout: Handout, leaf: Leaf, number: int) -> int:
    """How the marks are read; filters, period, n, rule, as of, snapshot, day of the export; number. Where it begins."""
    told = _foot(handout, leaf)
    height = _tall(told, 12, FOOT_WIDTH)
    top = FOOT_END - height
    said(_box(slide, MARGIN, top, FOOT_WIDTH, height), told, SMALL, LIGHT.muted)
    corner = _box(slide, WIDTH - MARGIN - Inches(0.7), FOOT_END - Inches(0.36), Inches(0.7), Inches(0.36))
    said(corner, str(number), SMALL, LIGHT.muted)
    corner.paragraphs[0].alignment = PP_ALIGN.RIGHT
    return top


def _foot(handout: Handout, leaf: Leaf) -> str:
    if leaf.content is None:
        return handout.footer()
    caption = _("{caption} · exported on {day}", caption=leaf.content.caption_line(), day=day(handout.made_on))
    return "\n".join(filter(None, (read_as(leaf.content.chart, is_bars=True), caption)))


def _box(slide: Any, left: int, top: int, width: int, height: int) -> Any:
    text = slide.shapes.add_textbox(left, top, width, height).text_frame
    text.word_wrap = True
    return text
