"""When is a page painted? The time of the last change on it before it stays still, counted from the click."""

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

QUIET_MS = 400
LIMIT_SECONDS = 60.0

ANSWER_MS = 10_000  # so long may the server take to begin with what it was asked

# Runs in the page: remembers the last click, the last change of what a reader looks at, the last question to the
# server and the last time that its script began or ended.
WATCH = """
(() => {
  const watch = window.__watch = {clicked: 0, changed: 0, asked: 0, ran: 0};
  const ignored = ['StatusWidget', 'TooltipContent', 'Header']
    .map(name => `[data-testid="st${name}"]`).concat('.hoverlayer').join(',');
  const drawing = ['d', 'transform', 'points'];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...message) {
    watch.asked = performance.now();
    return send.apply(this, message);
  };
  new MutationObserver(() => { watch.ran = performance.now(); })
    .observe(document, {subtree: true, attributeFilter: ['data-test-script-state']});
  for (const kind of ['click', 'mouseup'])
    addEventListener(kind, event => { watch.clicked = performance.now(); }, true);
  new MutationObserver(list => {
    for (const change of list) {
      const node = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      if (!node || node.closest(ignored)) continue;
      watch.changed = performance.now();
      return;
    }
  }).observe(document, {subtree: true, childList: true, characterData: true, attributeFilter: drawing});
})();
"""
# The same for a key: whatever the page changes from then on is counted from it.
HEAR_KEYS = "addEventListener('keydown', () => { window.__watch.clicked = performance.now(); }, true)"
STATE = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  return {
    still: performance.now() - window.__watch.changed,
    unanswered: window.__watch.ran < window.__watch.asked ? performance.now() - window.__watch.asked : null,
    idle: !!app && app.dataset.testScriptState === 'notRunning',
    unready: document.querySelectorAll('[data-stale="true"], [data-testid*="Skeleton"]').length,
    drawn: charts.length > 0 && charts.every(chart => chart.querySelector('.main-svg')),
    charts: charts.length,
    clicked: window.__watch.clicked,
    changed: window.__watch.changed,
    origin: performance.timeOrigin,
  };
}
"""


@dataclass(frozen=True)
class Painted:
    """Milliseconds of the click and of the last change by the page's clock; ``origin`` is its zero (epoch)."""

    clicked: float
    changed: float
    origin: float

    @property
    def since_click(self) -> float:
        """Milliseconds from the click to the last change."""
        return self.changed - self.clicked

    def since(self, epoch_seconds: float) -> float:
        """Milliseconds from a moment of this machine's clock to the last change."""
        return self.origin + self.changed - epoch_seconds * 1000


def watched(page: Page) -> Page:
    """The page with the watch built into every document it opens."""
    page.add_init_script(WATCH)
    return page


def painted(page: Page, needs_chart: bool = True) -> Painted:
    """Wait until the script rests, nothing is stale and nothing has changed for a while."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        state: dict[str, Any] = page.evaluate(STATE)
        is_asking = state["unanswered"] is not None and state["unanswered"] < ANSWER_MS
        is_done = state["idle"] and not is_asking and not state["unready"] and (state["drawn"] or not needs_chart)
        if is_done and state["still"] >= QUIET_MS and state["changed"] >= state["clicked"]:
            return Painted(state["clicked"], state["changed"], state["origin"])
        page.wait_for_timeout(40)
    raise TimeoutError(f"{page.url} did not come to rest: {page.evaluate(STATE)}")
