"""PowerPoint: one slide per view with a native, editable chart, its data inside; speaker notes; a footer.

Bars begin at zero and carry their 95 % interval as error bars: everybody can edit them, and a cut-off bar would lie.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any
from unicodedata import east_asian_width

from lxml import etree
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from sq.analyses.definitions import MetricDefinition
from sq.analyses.slide_content import Card, SlideContent
from sq.exports.deck_chart import CHINESE_FONT, LANGUAGE_TAGS, LATIN_FONT, add_chart, color_of, rgb, said
from sq.exports.deck_heat import add_heat, add_table
from sq.exports.handout import GATHERED, Handout, Leaf, Progress, silent
from sq.exports.writing import clean
from sq.figures.shades import mark
from sq.figures.template import LIGHT
from sq.language import N_, Message, _, current_language, day

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.55)
TITLE, TOP = Pt(28), Inches(0.3)
SMALL = Pt(10)
SIDE = Inches(3.6)  # width of the cards and sentences beside a chart
TITLE_ONLY, BLANK = 5, 6  # layouts of python-pptx's own template
MOST_CARDS, MOST_POINTS, MOST_ROWS = 4, 6, 12
TWO_LINES = 180  # half-width characters of 18 points
NOTE, NOTE_LINE, NOTE_WIDTH = Pt(12), Inches(0.24), 132  # of a note below a course; half-width characters
CARD = Inches(1.02)  # height of a card with the space below it


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
        _view(slide, leaf, leaf.content)
    _footer(slide, handout, leaf, number)
    if leaf.speech():
        slide.notes_slide.notes_text_frame.text = leaf.speech()


def _view(slide: Any, leaf: Leaf, content: SlideContent) -> None:
    """Title, the sentence, the chart on the left, cards and sentences on the right."""
    _title(slide, leaf.heading())
    size = Pt(18) if text_width(leaf.message()) <= TWO_LINES else Pt(14)
    said(_box(slide, MARGIN, Inches(1.0), WIDTH - 2 * MARGIN, Inches(0.85)), leaf.message(), size)
    has_side = bool(content.cards or content.points)
    lines = content.happened_lines(NOTE_WIDTH) if content.chart.happened else []
    top, bottom = Inches(1.95), Inches(6.6) - len(lines) * NOTE_LINE
    wide = WIDTH - 2 * MARGIN - (SIDE + Inches(0.25) if has_side else 0)
    if content.chart.is_drawn and content.chart.kind == "heat":
        add_heat(slide, content.chart, (MARGIN, top, wide, bottom - top))
    elif content.chart.is_drawn:
        add_chart(slide, content.chart, (MARGIN, top, wide, bottom - top))
    elif not content.table.is_empty:
        add_table(slide, content.table, (MARGIN, top, wide, bottom - top), MOST_ROWS)
    if lines:
        said(_box(slide, MARGIN, bottom, WIDTH - 2 * MARGIN, len(lines) * NOTE_LINE), "\n".join(lines), NOTE)
    if has_side:
        _side(slide, content, top, bottom)


def text_width(text: str) -> int:
    """Half-width characters; a Chinese glyph takes two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _side(slide: Any, content: SlideContent, top: int, bottom: int) -> None:
    """Cards, and below them as many sentences as have room; there are at least two where there are any."""
    left, points = WIDTH - MARGIN - SIDE, [str(point) for point in content.points]
    cards = content.cards[: MOST_CARDS - (2 if points else 0)]
    for place, card in enumerate(cards):
        _card(slide, card, left, top + place * CARD)
    if points:
        below = top + len(cards) * CARD
        text = _box(slide, left, below, SIDE, bottom - below)
        for place, point in enumerate(points[: 3 if cards else MOST_POINTS]):
            said(text, point, Pt(12), more=place > 0)
            text.paragraphs[-1].space_after = Pt(5)


def _card(slide: Any, card: Card, left: int, top: int) -> None:
    text = _box(slide, left, top, SIDE, Inches(0.98))
    text.vertical_anchor = MSO_ANCHOR.MIDDLE
    shape = text._parent
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(LIGHT.panel)
    said(text, str(card.title), Pt(11), LIGHT.muted)
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


def _title(slide: Any, words: str, size: int = TITLE, top: int = TOP) -> None:
    holder = slide.shapes.title
    holder.left, holder.top, holder.width, holder.height = MARGIN, top, WIDTH - 2 * MARGIN, Inches(0.75)
    holder.text_frame.word_wrap = True
    said(holder.text_frame, words, size, LIGHT.text, bold=True)
    holder.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    holder.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def _footer(slide: Any, handout: Handout, leaf: Leaf, number: int) -> None:
    """Filters in words, period, n, rule, as of, snapshot, day of the export; the number of the slide."""
    caption = leaf.content.caption_line() if leaf.content else handout.footer()
    told = _("{caption} · exported on {day}", caption=caption, day=day(handout.made_on)) if leaf.content else caption
    said(_box(slide, MARGIN, Inches(6.72), Inches(11.5), Inches(0.62)), told, SMALL, LIGHT.muted)
    corner = _box(slide, WIDTH - MARGIN - Inches(0.7), Inches(6.72), Inches(0.7), Inches(0.4))
    said(corner, str(number), SMALL, LIGHT.muted)
    corner.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _box(slide: Any, left: int, top: int, width: int, height: int) -> Any:
    text = slide.shapes.add_textbox(left, top, width, height).text_frame
    text.word_wrap = True
    return text
