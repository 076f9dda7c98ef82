// The panels beside the chat. Values arrive cumulative; each script shows what was appended.
// Whatever a model or a user wrote is put in with textContent, never as HTML.
"use strict";
(() => {
  // Calls `show(value)` now and at every change: a panel that is opened late shows what was missed.
  function follow(props, watch, show) {
    const sync = () => props.value && show(props.value);
    watch("value", sync);
    sync();
  }

  // Keeps a pane at its end until the user scrolls away; only the user's own hand counts.
  function sticky(pane) {
    let stuck = true, touched = 0, held = false, asked = false;
    const touch = () => { touched = performance.now(); };
    for (const name of ["wheel", "touchmove", "keydown"]) {
      pane.addEventListener(name, touch, { passive: true });
    }
    pane.addEventListener("pointerdown", () => { held = true; touch(); });
    window.addEventListener("pointerup", () => { held = false; });
    pane.addEventListener("scroll", () => {
      if (!pane.clientHeight || (!held && performance.now() - touched > 600)) return;
      stuck = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 24;
    });
    // Once a frame, when the browser lays out anyway: asking for the height at once lays out twice.
    function scroll() {
      asked = false;
      if (stuck) pane.scrollTop = pane.scrollHeight;
    }
    return {
      toEnd() {
        if (!asked) requestAnimationFrame(scroll);
        asked = true;
      },
      reset() { stuck = true; },
    };
  }

  // A text that only grows within a run: the new part becomes a text node of its own. A long text
  // is cut into blocks where a line ends: the browser lays out the last one, and those in sight.
  const BLOCK = 1500;

  function growing(pane) {
    const end = sticky(pane);
    let run = null, shown = "", block = null, room = 0;
    function append(text) {
      if (!block) {
        block = pane.appendChild(line("div", "passage", ""));
        room = BLOCK;
      }
      const cut = text.length < room ? -1 : text.indexOf("\n", Math.max(0, room));
      block.append(document.createTextNode(cut < 0 ? text : text.slice(0, cut + 1)));
      room -= text.length;
      if (cut < 0) return;
      block = null;
      if (cut + 1 < text.length) append(text.slice(cut + 1));
    }
    return (id, text, note) => {
      if (id !== run || !text.startsWith(shown)) {
        pane.replaceChildren();
        end.reset();
        run = id;
        shown = "";
        block = null;
      }
      if (!text) {
        pane.replaceChildren(line("p", "note", note));
        block = null;
      } else if (text.length > shown.length) {
        if (!shown) pane.replaceChildren();
        append(text.slice(shown.length));
        end.toEnd();
      }
      shown = text;
    };
  }

  function line(tag, cls, text) {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    node.textContent = text ?? "";
    return node;
  }

  function text(element, props, watch) {
    const grow = growing(element.querySelector(".live"));
    follow(props, watch, (value) => grow(value.run, value.text, value.note));
  }

  function parts(element, props, watch) {
    const pane = element.querySelector(".live");
    const end = sticky(pane);
    let run = null;
    follow(props, watch, (value) => {
      if (value.run !== run) { run = value.run; end.reset(); pane.replaceChildren(); }
      if (!value.parts?.length) { pane.replaceChildren(line("p", "note", value.note)); return; }
      pane.querySelector(".note")?.remove();
      while (pane.childElementCount > value.parts.length) pane.lastElementChild.remove();
      value.parts.forEach((part, n) => {
        const node = pane.children[n] ?? pane.appendChild(article(part));
        const body = node.lastElementChild;
        if (body.textContent !== part.text) body.textContent = part.text;
      });
      end.toEnd();
    });
  }

  function article(part) {
    const node = document.createElement("article");
    node.className = part.to ? "call" : "preamble";
    node.append(line("h4", "", part.to ? `Tool call to ${part.to}` : "Note to you"));
    node.append(line(part.to ? "pre" : "p", "", part.text));
    return node;
  }

  function metrics(element, props, watch) {
    const pane = element.querySelector(".live");
    follow(props, watch, (value) => {
      if (!value.groups.length) {
        pane.replaceChildren(line("p", "note", "Counts and times of the run appear here."));
        return;
      }
      const open = pane.querySelector("details")?.open;
      const nodes = value.groups.flatMap(([title, rows]) => [caption("h4", title), rowList(rows)]);
      const prompt = document.createElement("details");
      prompt.open = Boolean(open);
      prompt.append(caption("summary", "The prompt as rendered"), line("pre", "", value.prompt));
      const same = pane.dataset.run === value.run && pane.querySelector("details");
      if (same) {
        // The prompt changes within a run only as it is held back: else its scroll stays as it is.
        const text = same.lastElementChild;
        if (text.textContent !== value.prompt) text.textContent = value.prompt;
        while (pane.firstChild !== same) pane.firstChild.remove();
        same.before(...nodes);
      } else {
        pane.replaceChildren(...nodes, prompt);
        pane.dataset.run = value.run;
      }
    });
  }

  const caption = (tag, text) => counterpoint.caption(document.createElement(tag), text);

  function rowList(rows) {
    const list = document.createElement("dl");
    for (const [name, figure] of rows) {
      list.append(caption("dt", name), line("dd", "", figure));
    }
    return list;
  }

  function status(element, props, watch) {
    const find = (selector) => element.querySelector(selector);
    counterpoint.folding(find(".fold"));
    follow(props, watch, (value) => {
      const level = find(".level"), health = find(".health");
      find(".model").textContent = value.model;
      find(".chip").dataset.tone = value.tone;
      level.hidden = !value.level_words;
      level.className = `level level-${value.level}`;
      counterpoint.caption(find(".words"), value.level_words);
      health.hidden = !value.health;
      if (health.textContent !== value.health) health.textContent = value.health;
      health.title = value.sentence;
    });
  }

  function notice(element, props, watch) {
    const node = element.querySelector(".notice");
    follow(props, watch, (value) => {
      node.hidden = !value.text;
      node.dataset.tone = value.tone ?? "";
      if (node.textContent !== value.text) node.textContent = value.text;
    });
  }

  Object.assign(counterpoint, { follow, sticky, growing, line, text, parts, metrics, status, notice });
})();
