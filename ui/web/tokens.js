// The Tokens panel: one span per token. Where the run has scores, each token is shaded by its
// surprise, and a line tells of the one under the pointer, or of the one that the arrow keys chose.
// Whatever a model wrote is put in as text or as a title, never as HTML.
"use strict";
(() => {
  const { follow, line, sticky } = counterpoint;
  // Chunks keep the browser from laying out what is out of sight.
  const CHUNK = 400, SEPARATOR = "\x1f", VISIBLE_END = { "\n": "↵\n", "\t": "⇥" };
  const EMPTY = "Every token of the output appears here, markers included.";
  const HOW = "Point at a token to see how likely it was; in the panel, the left and right arrow keys go from one to the next.";

  // What was appended behind `offset`, piece by piece.
  function pieces(text, offset) {
    const fresh = text.slice(offset).split(SEPARATOR);
    fresh.pop();
    return fresh;
  }

  function tokens(element, props, watch) {
    const find = (selector) => element.querySelector(selector);
    const pane = find(".live"), count = find(".count");
    const end = sticky(pane), chosen = choosing(pane, find(".detail"));
    let run = null, shown = 0, offset = 0, heard = 0, told = [], chunk = null;
    follow(props, watch, (value) => {
      if (value.run !== run || value.kinds.length < shown) {
        run = value.run; shown = offset = heard = 0; told = []; chunk = null;
        pane.replaceChildren();
        end.reset();
        chosen.reset();
      }
      told.push(...pieces(value.told, heard));
      heard = value.told.length;
      pane.classList.toggle("scored", heard > 0);
      for (const part of [find(".surprise"), find(".detail")]) part.hidden = !heard;
      for (const piece of pieces(value.texts, offset)) {
        if (shown % CHUNK === 0) {
          chunk = pane.appendChild(document.createElement("div"));
          chunk.className = "chunk";
        }
        const seen = piece.replace(/[\n\t]/g, (c) => VISIBLE_END[c]);
        const span = line("span", `t-${value.kinds[shown]}`, seen);
        if (told[shown]) {
          span.classList.add(`s-${value.shades[shown]}`);
          span.title = told[shown];
        }
        chunk.append(span);
        shown += 1;
      }
      offset = value.texts.length;
      const all = value.held_back ?? shown;
      count.textContent = all === 1 ? "1 token" : `${all.toLocaleString("en")} tokens`;
      if (!shown) pane.replaceChildren(line("p", "note", value.note ?? EMPTY));
      else { pane.querySelector(":scope > .note")?.remove(); end.toEnd(); }
    });
  }

  // The token that the detail line tells of.
  function choosing(pane, detail) {
    let current = null;
    const tell = (span) => {
      const how = span.title || "given, not written by the model";
      detail.textContent = `“${span.textContent}”: ${how}`;
    };
    function choose(span) {
      current?.classList.remove("current");
      current = span;
      span.classList.add("current");
      span.scrollIntoView({ block: "nearest" });
      tell(span);
    }
    function beside(step) {
      const spans = pane.getElementsByTagName("span");
      if (!current) return spans[step > 0 ? 0 : spans.length - 1];
      const side = step > 0 ? "next" : "previous";
      const far = current.parentElement[`${side}ElementSibling`];
      return current[`${side}ElementSibling`] ?? far?.[step > 0 ? "firstElementChild" : "lastElementChild"];
    }
    pane.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const plain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
      if (!step || !plain || !pane.classList.contains("scored")) return;
      event.preventDefault();
      const span = beside(step);
      if (span) choose(span);
    });
    pane.addEventListener("pointerover", (event) => {
      if (event.target.matches?.(".scored span")) tell(event.target);
    });
    pane.addEventListener("click", (event) => {
      if (event.target.matches?.(".scored span")) choose(event.target);
    });
    return { reset() { current = null; detail.textContent = HOW; } };
  }

  Object.assign(counterpoint, { tokens });
})();
