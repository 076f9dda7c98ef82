"""Templates of the History tab. They never hold a value: history.js puts those in as text."""

from __future__ import annotations

LIST = """
<div class="history-tools">
  <input id="history-search" type="search" placeholder="Search titles, questions and answers"
    aria-label="Search the history" autocomplete="off" spellcheck="false">
  <div id="history-kind" role="group" aria-label="Kind">
    <button type="button" data-kind="" aria-pressed="true">All</button>
    <button type="button" data-kind="chat" aria-pressed="false">Chats</button>
    <button type="button" data-kind="comparison" aria-pressed="false">Comparisons</button>
    <button type="button" data-kind="lab" aria-pressed="false">Labs</button>
  </div>
</div>
<p class="history-notice" role="status" hidden><span></span>
  <button type="button" class="quiet" id="history-undo" hidden>Undo</button></p>
<ul class="history-rows" id="history-rows" aria-label="Entries"></ul>
<div class="history-foot">
  <span class="count" id="history-count"></span>
  <button type="button" class="quiet" id="history-newer">Newer</button>
  <button type="button" class="quiet" id="history-older">Older</button>
  <button type="button" class="quiet" id="history-import">Import</button>
  <input type="file" id="history-import-file" accept=".json,application/json" hidden>
  <button type="button" class="quiet" id="history-export">Export all</button>
</div>
"""

DETAIL = """
<p class="note history-none"></p>
<div class="history-entry" hidden>
  <header>
    <h2 id="history-title"></h2>
    <form id="history-rename-form" hidden><input id="history-rename-title" aria-label="Title"
      maxlength="200"><button type="submit" class="quiet">Save</button></form>
    <div class="about"><p class="facts"></p>
      <span class="play"><button type="button" class="quiet" id="history-replay">Replay</button>
      <label class="speed"><span>Replay at</span> <select id="history-speed">
        <option value="1">real speed</option><option value="2">2 times</option>
        <option value="4">4 times</option><option value="8">8 times</option></select></label>
      </span></div>
    <p class="verdict" hidden></p>
    <div class="actions">
      <button type="button" class="quiet strong" id="history-open">Open</button>
      <button type="button" class="quiet" id="history-rename">Rename</button>
      <button type="button" class="quiet" id="history-export-json">JSON</button>
      <button type="button" class="quiet" id="history-export-markdown">Markdown</button>
      <button type="button" class="quiet" id="history-export-html">Report</button>
      <button type="button" class="quiet" id="history-delete">Delete</button>
    </div>
  </header>
  <div class="live history-turns" tabindex="0" role="region" aria-label="Questions and answers"
    id="history-turns"></div>
</div>
"""

FILE = "<a hidden></a>"
