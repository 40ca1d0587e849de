"""The few rules of style that the theme in config.toml cannot say; distances are multiples of 8 px."""

from __future__ import annotations

import streamlit as st

from sq.figures.template import tokens

STYLE = """
<style>
.st-key-sq_scripts {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
.st-key-sq_top {{ justify-content: space-between; }}
.st-key-sq_top h1 {{ padding: 0; }}
.st-key-sq_notes details [data-testid="stVerticalBlock"] {{ gap: 8px; }}
.sq-answer {{ font-size: 1.15rem; line-height: 1.5; border-left: 4px solid {accent}; padding: 8px 16px;
  background: {panel}; border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }}
.sq-caption {{ font-size: 0.85rem; line-height: 1.45; color: {muted}; overflow-wrap: anywhere; }}
.sq-legend {{ display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 0.85rem; }}
.sq-swatch {{ display: inline-flex; align-items: center; gap: 8px; }}
.sq-swatch i {{ width: 16px; height: 16px; border-radius: 3px; border: 1px solid {line}; }}
.sq-hatched i {{ background-image: repeating-linear-gradient(-45deg, {muted} 0 1px, transparent 1px 6px); }}
.sq-crossed i {{ background-image: repeating-linear-gradient(-45deg, {muted} 0 1px, transparent 1px 5px),
  repeating-linear-gradient(45deg, {muted} 0 1px, transparent 1px 5px); }}
.sq-dotted i {{ background-image: radial-gradient({muted} 1px, transparent 1.5px); background-size: 5px 5px; }}
.sq-section {{ font-size: 0.85rem; color: {muted}; margin: 8px 0 -8px; }}
[data-testid="InputInstructions"] {{ display: none; }}
[data-testid="stCaptionContainer"] {{ color: {muted}; opacity: 1; }}
.sq-quote {{ margin: 4px 0; padding: 0; line-height: 1.6; overflow-wrap: anywhere; white-space: pre-line; }}
[data-testid="stMain"] [data-testid="stPageLink-NavLink"] * {{ white-space: normal; }}
[data-testid="stMetricDeltaDescription"], [data-testid="stMetricDeltaDescription"] *,
[data-testid="stMetricLabel"] p {{ white-space: normal; overflow: visible; max-width: 100%; }}
[data-testid="stMetric"] div:has(> [data-testid="stMetricDeltaDescription"]) {{ flex-wrap: wrap; max-width: 100%; }}
[data-testid="stMainBlockContainer"] {{ padding-left: 32px; padding-right: 32px; max-width: 1760px; }}
.sq-cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 16px; }}
.sq-cards section {{ display: flex; flex-direction: column; gap: 8px; padding: 16px; border: 1px solid {line};
  border-radius: 8px; overflow-wrap: anywhere; }}
.sq-cards summary {{ cursor: pointer; font-size: 0.85rem; color: {muted}; }}
.sq-cards pre {{ margin: 8px 0 0; padding: 8px; background: {panel}; font-size: 0.8rem; white-space: pre-wrap; }}
.sq-pairs {{ display: grid; grid-template-columns: minmax(8em, 1fr) 3fr; gap: 16px; margin: 0; }}
.sq-pairs dt {{ font-weight: 600; }}
.sq-pairs dd {{ margin: 0; line-height: 1.6; }}
@media (max-width: 640px) {{
  [data-testid="stMainBlockContainer"] {{ padding-left: 16px; padding-right: 16px; }}
  .sq-answer {{ font-size: 1.05rem; }}
  .st-key-sq_top_right {{ gap: 8px; }}
  .st-key-sq_top_right button {{ padding-left: 8px; padding-right: 8px; }}
  .st-key-journey .scatterlayer .textpoint tspan + tspan {{ display: none; }}
  .st-key-sq_inside .scatterlayer .textpoint tspan:first-child {{ display: none; }}
}}
</style>
"""


def write_style(theme: str) -> None:
    """Add the rules to the page; takes no room."""
    t = tokens(theme)
    st.html(STYLE.format(accent=t.accent, panel=t.panel, muted=t.muted, line=t.line))
