"""The page's own panels: Gradio's HTML component with a fixed template and a script that fills it.

gr.HTML does not sanitise. So the template never holds a value: the script (`counterpoint.<name>` in
the page's scripts) reads `props.value` and writes it with textContent.
"""

from __future__ import annotations

import gradio as gr

from ui.web.view import Values

# Not a single $: it would turn prices into formulas.
LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]


def panel(
    script: str,
    value: Values,
    template: str,
    *,
    elem_id: str | None = None,
    elem_classes: str | list[str] | None = None,
) -> gr.HTML:
    """A panel driven by `counterpoint.<script>(element, props, watch, trigger)`."""
    return gr.HTML(
        value,
        html_template=template,
        js_on_load=f"counterpoint.{script}(element, props, watch, trigger)",
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes=elem_classes,
    )


def _both(precise: str, plain: str) -> str:
    """A caption, and what it is called while presenting; presenting.css shows one of them."""
    return f'<span class="precise">{precise}</span><span class="plain">{plain}</span>'


BARS_OF_LEVEL = "<span class='bars' aria-hidden='true'><i></i><i></i><i></i></span>"

STATUS = f"""
<div class="chip" role="status">
  <span class="dot" aria-hidden="true"></span><span class="model"></span>
  <span class="level" hidden>{BARS_OF_LEVEL}<span class="words"></span></span>
  <span class="health" hidden></span>
</div>
<button type="button" class="quiet fold" aria-controls="chat-side"></button>
"""

NOTICE = '<p class="notice" role="alert" hidden></p>'

ANALYSIS = '<div class="live text" tabindex="0" role="region" aria-label="Analysis"></div>'

COMMENTARY = '<div class="live parts" tabindex="0" role="region" aria-label="Commentary"></div>'

TOKENS = f"""
<div class="legend"><span class="count"></span>
  <span class="key"><i class="t-m"></i>{_both("markers", "formatting")}</span>
  <span class="key"><i class="t-a"></i>{_both("analysis", "thinking")}</span>
  <span class="key"><i class="t-c"></i>{_both("commentary", "side notes")}</span>
  <span class="key"><i class="t-f"></i>{_both("final", "answer")}</span>
  <span class="key"><i class="t-s"></i>set aside</span></div>
<div class="legend surprise" hidden><span>Surprise in bits</span>
  <span class="key"><i class="s-0"></i>under 1</span>
  <span class="key"><i class="s-1"></i>1 to 2</span>
  <span class="key"><i class="s-2"></i>2 to 4</span>
  <span class="key"><i class="s-3"></i>4 to 8</span>
  <span class="key"><i class="s-4"></i>8 or more</span></div>
<p class="detail" role="status" hidden></p>
<div class="live tokens" tabindex="0" role="region" aria-label="Tokens"></div>
"""

METRICS = """
<div class="live figures" tabindex="0" role="region" aria-label="Metrics"></div>
"""

COLUMN = f"""
<header><span class="name">{BARS_OF_LEVEL}<h3></h3></span><span class="right">
  <span class="status"></span><button type="button" class="focus" aria-pressed="false"
  aria-label="Show this column alone" title="Show this column alone"></button></span></header>
<dl class="metrics"></dl>
<details class="thinking"><summary><span>{_both("Thinking", "How it thinks")}</span>
  <span class="spent"></span></summary>
  <div class="live text" tabindex="0" role="region"></div></details>
<p class="why" hidden></p>
@children
<footer></footer>
"""

STRIP = """
<div class="strip" role="status"><span class="sign" aria-hidden="true"></span>
  <div><h2></h2><p></p></div></div>
"""

CHARTS = f"""
<section class="chart" aria-label="Tokens by column"><header>
  <h3>Tokens <span class="of"></span></h3><ul class="keys">
  <li><i class="p-analysis"></i>{_both("Analysis", "Thinking")}</li>
  <li><i class="p-commentary"></i>{_both("Commentary", "Side notes")}</li>
  <li><i class="p-answer"></i>Answer</li>
  <li><i class="p-markers"></i>{_both("Markers", "Formatting")}</li></ul></header>
  <div class="rows" data-of="tokens"></div></section>
<section class="chart" aria-label="Time by column"><header>
  <h3>Time <span class="of"></span></h3><ul class="keys">
  <li><i class="p-queued"></i>{_both("Queued", "Waiting")}</li>
  <li><i class="p-reading"></i>Reading</li>
  <li><i class="p-analysis"></i>Thinking</li><li><i class="p-answer"></i>Answering</li></ul>
  </header><div class="rows" data-of="time"></div></section>
<section class="chart spread" aria-label="Tokens, run by run" hidden><header>
  <h3>Tokens, run by run</h3><span class="hint">A dot a run; the tick is the median</span></header>
  <div class="rows" data-of="token_dots"></div></section>
<section class="chart spread" aria-label="Time, run by run" hidden><header>
  <h3>Time, run by run</h3><span class="hint">A dot a run; the tick is the median</span></header>
  <div class="rows" data-of="time_dots"></div></section>
"""

DIFFERENCE = '<div class="differences"></div>'

DOWNLOAD = '<span class="file" hidden></span>'

LINK = """
<button type="button" class="quiet" hidden>Copy link</button>
<input readonly aria-label="Link to this comparison" hidden>
<span class="hint" role="status"></span>
"""

OPTIONS_SWITCH = (
    '<button type="button" id="compare-options-open" aria-expanded="false" '
    'aria-controls="compare-options">Options</button>'
)

MARK = """<svg class="mark" viewBox="0 0 26 26" width="26" height="26" aria-hidden="true">
<rect width="26" height="26" rx="6" fill="currentColor"/><g fill="var(--page)">
<rect x="6" y="14.5" width="3.6" height="5.5" rx="1"/>
<rect x="11.2" y="10.5" width="3.6" height="9.5" rx="1"/>
<rect x="16.4" y="6" width="3.6" height="14" rx="1"/></g></svg>"""

HEADER = f"""
<div class="brand">{MARK}<h1>Counterpoint</h1></div>
<div class="tools"><button type="button" class="quiet" id="present-switch" role="switch"
  aria-checked="false">Presenting</button>
<button type="button" class="quiet" id="settings-open" aria-expanded="false"
  aria-controls="settings">Settings</button>
<button type="button" class="quiet" id="theme-switch"></button></div>
"""
