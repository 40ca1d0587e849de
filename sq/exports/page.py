"""Pages that open anywhere without a network: a report with working charts, and printed pages without a script."""

from __future__ import annotations

import html
from collections.abc import Sequence

from sq.analyses.slide_content import Card, SlideContent, Table
from sq.analyses.slide_happened import happened_table
from sq.exports.handout import GATHERED, Handout, Leaf, Progress, silent
from sq.exports.page_svg import chart_svg
from sq.exports.tables import cell_text
from sq.exports.writing import clean
from sq.figures.shades import mark
from sq.figures.slide import figure_json, page_script, read_as, slide_figure
from sq.figures.template import FONT, LIGHT
from sq.language import N_, Message, _, current_language

CHART_WIDTH, CHART_HEIGHT, CHART_TEXT = 1032, 520, 15  # px of a chart in a report, read at a desk
LINE_WIDTH = 150  # half-width characters of a note below a course; the table has it whole
# Nothing from outside is ever loaded; scripts are the page's own.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; script-src {scripts}"
STYLE = f"""
body {{ font-family: {FONT}; color: {LIGHT.text}; max-width: 1080px; margin: 0 auto; padding: 24px; line-height: 1.5; }}
h1 {{ font-size: 26px; margin: 0 0 4px; }} h2 {{ font-size: 19px; margin: 32px 0 4px; }}
h3 {{ font-size: 15px; margin: 16px 0 4px; }}
.topic {{ font-size: 14px; font-weight: 600; color: {LIGHT.muted}; margin: 32px 0 0; }}
.topic + h2 {{ margin-top: 0; }} .answer {{ font-size: 17px; }} .caption {{ font-size: 12px; color: {LIGHT.muted}; }}
.cards {{ display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; padding: 0; list-style: none; }}
.cards li {{ background: {LIGHT.panel}; border-radius: 4px; padding: 8px 12px; flex: 1 1 150px; min-width: 130px; }}
.cards b {{ display: block; font-size: 20px; }} .cards span {{ font-size: 12px; color: {LIGHT.muted}; }}
.better {{ color: {LIGHT.diverging[6]} !important; }} .worse {{ color: {LIGHT.diverging[0]} !important; }}
table {{ border-collapse: collapse; font-size: 13px; }} .wide {{ overflow-x: auto; }}
th, td {{ text-align: left; padding: 3px 8px; border-bottom: 1px solid {LIGHT.line}; vertical-align: top; }}
td.n, th.n {{ text-align: right; white-space: nowrap; }} ol, ul {{ margin: 4px 0; padding-left: 20px; }}
summary {{ cursor: pointer; color: {LIGHT.accent}; font-size: 13px; margin: 8px 0; }}
.chart {{ width: 100%; height: {CHART_HEIGHT}px; }}
td:first-child {{ white-space: nowrap; }} .sides {{ display: grid; grid-template-columns: 56% 1fr; gap: 16px; }}
.sheet {{ font-size: 12px; line-height: 1.35; margin-bottom: 48px; }}
.sheet .answer {{ font-size: 14px; margin: 4px 0; }}
.sheet h2 {{ margin-top: 0; }} .sheet h3 {{ font-size: 13px; margin: 10px 0 2px; }} .sheet table {{ font-size: 11px; }}
.sheet .cards {{ gap: 4px; }} .sheet .cards li {{ padding: 4px 6px; min-width: 84px; flex-basis: 84px; }}
.sheet .cards b {{ font-size: 15px; }} .sheet .cards span {{ font-size: 10px; display: block; line-height: 1.25; }}
.sheet .caption {{ font-size: 10px; margin: 4px 0; }} .sheet td {{ white-space: normal !important; padding: 1px 4px; }}
@media print {{
  body {{ padding: 0; max-width: none; }} section, tr, .sheet {{ break-inside: avoid; }} details {{ display: none; }}
  .sheet {{ margin: 0; }} .sheet + .sheet {{ break-before: page; }} .sheets > h1, .sheets > h1 + p {{ display: none; }}
  @page {{ size: A4; margin: 12mm; }}
  * {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }} }}
"""
_DRAW = """
for (const holder of document.querySelectorAll(".chart")) {
  const figure = JSON.parse(document.getElementById(holder.dataset.figure).textContent);
  Plotly.newPlot(holder, figure.data, figure.layout, {displayModeBar: false, responsive: true});
}
"""


def report(handout: Handout, progress: Progress = silent) -> bytes:
    """The handout as one HTML page with working charts: the script that draws them is inside, once."""
    parts = []
    for place, leaf in enumerate(handout.leaves):
        told = Message(N_("Drawing slide {number} of {all}"), {"number": place + 1, "all": len(handout.leaves)})
        progress(told, GATHERED + (1 - GATHERED) * place / len(handout.leaves))
        parts.append(_live_section(leaf, place))
    parts.append(definitions_block(handout))
    scripts = ""
    if any(c.chart.is_drawn for c in handout.contents):
        scripts = f"<script>{page_script()}</script><script>{_DRAW}</script>"
    return document(str(handout.title), handout.footer(), "".join(parts), scripts)


def document(title: str, under: str, body: str, scripts: str = "", kind: str = "report") -> bytes:
    """A whole page; of the ``kind`` sheets its heading is not printed."""
    language = {"zh": "zh-CN", "en": "en"}[current_language()]
    policy = POLICY.format(scripts="'unsafe-inline'" if scripts else "'none'")
    text = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escaped(title)}</title><style>{STYLE}</style></head><body class="{kind}">'
        f'<h1>{escaped(title)}</h1><p class="caption">{escaped(under)}</p>{body}{scripts}</body></html>'
    )
    return text.encode("utf-8", "replace")


def escaped(text: object) -> str:
    """A text as HTML shows it."""
    return html.escape(clean(str(text)))


def _live_section(leaf: Leaf, place: int) -> str:
    content = leaf.content
    if content is None:
        level = "h2" if leaf.kind == "section" else "h3"
        lines = "".join(f"<p>{escaped(line)}</p>" for line in leaf.message().split("\n"))
        return f"<section><{level}>{escaped(leaf.heading())}</{level}>{lines}{_note(leaf)}</section>"
    chart = ""
    if content.chart.is_drawn:
        figure = slide_figure(content.chart, height=CHART_HEIGHT, text=CHART_TEXT, width=CHART_WIDTH)
        chart = (
            f'<script type="application/json" id="f{place}">{figure_json(figure)}</script>'
            f'<div class="chart" data-figure="f{place}" role="img" aria-label="{escaped(content.chart.title)}"></div>'
        )
    return _section(leaf, content, chart, marks=read_as(content.chart))


def printed_section(leaf: Leaf, points: bool = True, table: bool = False) -> str:
    """A section for paper: the chart as SVG."""
    content = leaf.content
    assert content is not None
    return _section(leaf, content, chart_svg(content.chart), points, table)


def _section(
    leaf: Leaf, content: SlideContent, chart: str, points: bool = True, table: bool = True, marks: str = ""
) -> str:
    tables = (content.table, *content.tables, happened_table(content))
    numbers = "".join(_behind(one) for one in tables if not one.is_empty) if table else ""
    return (
        f"<section>{_headline(leaf)}"
        f"{cards_block(content.cards)}{chart}{_caption(marks)}{happened_block(content)}"
        f"{points_block(content.points) if points else ''}{_note(leaf)}"
        f"{_caption(content.caption_line())}{numbers}</section>"
    )


def _caption(words: str) -> str:
    return f'<p class="caption">{escaped(words)}</p>' if words else ""


def _headline(leaf: Leaf) -> str:
    """What a view says as its heading, what it is about above it, further sentences below."""
    told = leaf.headed()
    above = f'<p class="topic">{escaped(told.topic)}</p>' if told.topic else ""
    below = f'<p class="answer">{escaped(told.rest)}</p>' if told.rest else ""
    return f"{above}<h2>{escaped(told.headline)}</h2>{below}"


def happened_block(content: SlideContent) -> str:
    """What the marks at the foot of a course stand for."""
    if not content.chart.happened:
        return ""
    lines = "<br>".join(map(escaped, content.happened_lines(LINE_WIDTH)))
    return f'<p class="caption">{lines}</p>'


def _note(leaf: Leaf) -> str:
    if not leaf.note:
        return ""
    lines = "<br>".join(map(escaped, leaf.note.split("\n")))
    return f"<details><summary>{escaped(_('Speaker notes'))}</summary><p>{lines}</p></details>"


def cards_block(cards: Sequence[Card]) -> str:
    """Headline numbers side by side."""
    if not cards:
        return ""
    made = [
        f"<li><span>{escaped(card.title)}</span><b>{escaped(card.value)} {mark(card.verdict)}</b>"
        f'<span class="{escaped(card.verdict)}">{escaped(card.change)}</span></li>'
        for card in cards
    ]
    return f'<ul class="cards">{"".join(made)}</ul>'


def points_block(points: Sequence[object], ordered: bool = False) -> str:
    """Sentences as a list."""
    if not points:
        return ""
    kind = "ol" if ordered else "ul"
    return f"<{kind}>{''.join(f'<li>{escaped(point)}</li>' for point in points)}</{kind}>"


def _behind(table: Table) -> str:
    title = _("The numbers behind it: {title}", title=table.title)
    return f"<details><summary>{escaped(title)}</summary>{table_block(table)}</details>"


def table_block(table: Table, most: int | None = None) -> str:
    """A table with the screen's numbers; only its first rows where ``most`` says so."""
    kinds = ["" if heading.kind == "text" else ' class="n"' for heading in table.headings]
    head = "".join(f"<th{kind}>{escaped(h.title)}</th>" for h, kind in zip(table.headings, kinds, strict=True))
    rows = table.frame if most is None else table.frame.head(most)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{escaped(cell_text(heading, row))}</td>"
            for heading, kind in zip(table.headings, kinds, strict=True)
        )
        + "</tr>"
        for row in rows.to_dict("records")
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def definitions_block(handout: Handout) -> str:
    """What the numbers mean, at the end."""
    found = handout.definitions()
    if not found:
        return ""
    words = "".join(f"<li><b>{escaped(one.title)}</b>: {escaped(one.formula)}</li>" for one in found)
    return f"<section><h2>{escaped(_('What the numbers mean'))}</h2><ul>{words}</ul></section>"
