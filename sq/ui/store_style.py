"""How a card fits one screen, and one printed page."""

from __future__ import annotations

from sq.figures.template import tokens

# A4 with margins of 8 mm is 733 px wide: so zoomed the card has 1047 px, nearly as many as on a laptop's screen.
PRINT_ZOOM = 0.7
# px: narrow enough for its column everywhere, for a chart does not grow or shrink on its way to paper.
TREND_WIDTH = 400
STYLE = """
<style>
@media (min-width: 641px) {{ [data-testid="stMainBlockContainer"] {{ padding-top: 24px; }} }}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 8px; }}
.st-key-sq_store {{ gap: 8px; }}
.st-key-sq_store .sq-answer {{ font-size: 1.05rem; padding: 6px 16px; }}
.st-key-sq_store [data-testid="stVerticalBlock"] {{ gap: 4px; }}
.st-key-sq_store_top [data-testid="stVerticalBlock"] {{ gap: 0; }}
.st-key-sq_store_top .st-key-sq_chips {{ display: none; }}
.sq-card {{ font-size: 0.8rem; line-height: 1.35; }}
.sq-card h3 {{ font-size: 0.9rem; font-weight: 600; margin: 0 0 4px; padding: 0; line-height: 1.3; }}
.sq-card small, .sq-note {{ color: {muted}; font-size: 0.72rem; }}
.sq-card table {{ width: 100%; border-collapse: collapse; }}
.sq-card th {{ text-align: right; font-weight: 400; color: {muted}; padding: 1px 4px; vertical-align: bottom; }}
.sq-card td {{ text-align: right; padding: 1px 4px; border-top: 1px solid {line}; white-space: nowrap; }}
.sq-card th:first-child, .sq-card td:first-child {{ text-align: left; white-space: normal; padding-left: 0; }}
.sq-visits td:first-child {{ white-space: nowrap; }}
.sq-card a {{ color: inherit; text-decoration: underline; text-decoration-color: {line}; text-underline-offset: 2px; }}
.sq-card a:hover, .sq-card a:focus-visible {{ color: {accent}; text-decoration-color: {accent}; }}
.sq-chip {{ display: inline-block; padding: 0 5px; border-radius: 3px; }}
.sq-chip b {{ font-weight: 700; }}
.sq-card p {{ font-size: inherit; margin: 0 0 4px; }}
.sq-card img {{ vertical-align: middle; }}
.sq-dots {{ letter-spacing: 1px; }}
.sq-steps a {{ text-decoration: none; }}
.sq-steps a + a {{ text-decoration: underline; white-space: nowrap; }}
.sq-steps {{ margin: 0; padding-left: 18px; }}
.sq-steps li {{ margin: 0 0 4px; padding: 0; font-size: 0.8rem; }}
.sq-rule {{ display: inline-block; border: 1px solid {line}; border-radius: 3px; padding: 0 4px; margin-right: 4px;
  font-size: 0.72rem; color: {muted}; }}
.sq-four {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 8px 24px; }}
.sq-words-of {{ margin: 0 0 4px; padding-left: 8px; border-left: 2px solid {line}; overflow-wrap: anywhere; }}
.sq-print {{ font: inherit; font-size: 0.875rem; color: inherit; background: none; border: 1px solid {line};
  border-radius: 8px; padding: 6px 12px; cursor: pointer; white-space: nowrap; }}
.sq-print:hover, .sq-print:focus-visible {{ border-color: {accent}; color: {accent}; }}
@media (max-width: 640px) {{
  .sq-scores small, .sq-scores th:last-child, .sq-scores td:last-child {{ display: none; }}
  .sq-years th:nth-child(6), .sq-years td:nth-child(6) {{ display: none; }} /* last year: in the numbers below */
  .sq-card {{ overflow-x: auto; }}
  .sq-scores {{ font-size: 0.72rem; }}
  .sq-scores td .sq-note {{ white-space: normal; }}
  .sq-scores th, .sq-scores td {{ padding-left: 2px; padding-right: 2px; }}
}}
@media print {{
  @page {{ size: A4 portrait; margin: 8mm; }}
  html, body {{ background: #fff !important; }}
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], .st-key-sq_store_top,
  .st-key-sq_store_numbers, .st-key-sq_notes, .st-key-sq_top_right, .sq-print,
  [data-testid="stStatusWidget"] {{ display: none !important; }}
  [data-testid="stMainBlockContainer"] {{ zoom: {zoom}; padding: 0 !important; max-width: none !important; }}
  [data-testid="stAppViewContainer"], [data-testid="stApp"], [data-testid="stMain"] {{ background: #fff !important; }}
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) {{
    display: flex !important; flex-wrap: nowrap !important; }}
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]):not(:has(.st-key-sq_store_trend)) {{
    display: block !important; }}
  [data-testid="stColumn"] {{ min-width: 0 !important; }}
  [data-testid="stHorizontalBlock"]:not(:has(.st-key-sq_store_trend)) > [data-testid="stColumn"] {{
    width: 100% !important; margin-bottom: 12px; }}
  [data-testid="stColumn"] .sq-card td {{ white-space: normal; }}
  [data-testid="stColumn"]:has(.st-key-sq_store_trend) {{
    flex: 0 0 {trend}px !important; width: {trend}px !important; }}
  .sq-four {{ grid-template-columns: 1fr 1fr !important; gap: 16px 32px; }}
  .sq-card td, .sq-words-of, .sq-rule {{ border-color: #C9D2DC !important; }}
  .sq-on-screen {{ display: none; }}
  .sq-card, .sq-steps li {{ font-size: 0.92rem; }}
  .sq-card small, .sq-note, .sq-rule {{ font-size: 0.8rem; }}
  .sq-card h3 {{ font-size: 1.05rem; }}
  .sq-answer, .sq-card, .sq-card *, .sq-caption, h1, h1 * {{ color: #1B2430 !important; }}
  .sq-answer {{ background: #F3F6F9 !important; }}
  .sq-chip {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .sq-dark .sq-chip {{ background: none !important; }}
  .js-plotly-plot .main-svg text {{ fill: #1B2430 !important; }}
}}
</style>
"""
PRINTING = """
<script>
if (!window.sqPrinting) {
  window.sqPrinting = true;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".sq-print")) window.print();
  });
}
</script>
"""


def store_style(theme: str) -> str:
    """The rules of the card in a theme."""
    t = tokens(theme)
    return STYLE.format(accent=t.accent, muted=t.muted, line=t.line, zoom=PRINT_ZOOM, trend=TREND_WIDTH)
