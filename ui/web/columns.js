// The columns of Compare. Text goes in with textContent, as everywhere.
"use strict";
(() => {
  const { follow, growing, line } = counterpoint;
  const LEVELS = ["low", "medium", "high", "none"];

  function column(element, props, watch) {
    const find = (selector) => element.querySelector(selector);
    const root = element.closest(".level-column") ?? element;
    const block = element.closest(".block.level-column") ?? root;
    const thinking = find(".thinking"), pane = find(".thinking .live");
    const grow = growing(pane);
    let run = null, byUser = false, byScript = false, held = false, seen = null;
    root.setAttribute("role", "region");
    thinking.querySelector("summary").addEventListener("click", () => { byUser = true; });
    focusing(find(".focus"), block);

    // Opens while the model thinks and folds when it answers, unless the user has decided.
    function fold(open) {
      if (byUser || thinking.open === open) return;
      if (open && !root.classList.contains("opens")) return;
      if (!open && !byScript) return;
      byScript = open;
      thinking.open = open;
    }

    function named(value) {
      block.hidden = !value.shown;
      for (const node of [root, block]) {
        for (const level of LEVELS) node.classList.toggle(`level-${level}`, level === value.level);
      }
      root.classList.toggle("varied", value.name.toLowerCase() !== value.level);
      root.classList.toggle("long", value.name.length > 14);
      const title = find("h3");
      if (title.textContent === value.name) return;
      title.textContent = title.title = value.name;
      pane.setAttribute("aria-label", `Thinking, ${value.name}`);
      root.setAttribute("aria-label", value.name);
    }

    follow(props, watch, (value) => {
      if (value.run !== run) { run = value.run; byUser = false; }
      named(value);
      root.dataset.state = value.state;
      root.dataset.tone = value.tone;
      root.classList.toggle("waiting", value.thinks);
      root.classList.toggle("voting", value.voting);
      root.classList.toggle("replayed", Boolean(value.replayed));
      const status = find(".status");
      if (status.textContent !== value.status) status.textContent = value.status;
      figures(find(".metrics"), value.figures);
      find(".spent").textContent = value.thinking_figures;
      thinking.classList.toggle("empty", !value.thinking);
      grow(value.run, value.thinking, value.state === "idle" ? "Nothing yet." : "No thinking in this run.");
      // What was asked for is shown, what is held back is not.
      if (held !== Boolean(value.held_back)) {
        held = !held;
        byUser = false;
        thinking.open = !held && value.state !== "idle" && value.run === seen;
        byScript = false;
      }
      seen = value.run;
      fold(value.thinks && Boolean(value.thinking) && !held);
      find(".why").hidden = !value.note;
      find(".why").textContent = value.note;
      const footer = find("footer"), foot = value.foot.join("\n");
      if (footer.dataset.text !== foot) {
        footer.dataset.text = foot;
        footer.replaceChildren(...value.foot.map((text) => Object.assign(line("p", "", text), { title: text })));
      }
    });
  }

  // One column alone, over the whole width; again, or Escape, brings the others back.
  function focusing(button, block) {
    const set = (alone) => {
      const row = document.getElementById("compare-columns");
      for (const other of row?.querySelectorAll(".focused") ?? []) other.classList.remove("focused");
      for (const other of row?.querySelectorAll("button.focus") ?? []) other.setAttribute("aria-pressed", "false");
      row?.classList.toggle("alone", alone);
      block.classList.toggle("focused", alone);
      button.setAttribute("aria-pressed", String(alone));
    };
    button.addEventListener("click", () => set(!block.classList.contains("focused")));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && block.classList.contains("focused")) set(false);
    });
  }

  function figures(list, values) {
    if (!list.childElementCount) {
      for (const [, name] of values) {
        const pair = list.appendChild(document.createElement("div"));
        pair.append(counterpoint.caption(line("dt"), name), line("dd", "", ""));
      }
    }
    values.forEach(([figure], n) => {
      const node = list.children[n].lastElementChild;
      if (node.textContent !== figure) node.textContent = figure;
    });
  }

  Object.assign(counterpoint, { column });
})();
