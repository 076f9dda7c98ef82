// The columns, the strip and the charts of Compare. Text goes in with textContent, as everywhere.
"use strict";
(() => {
  const { follow, growing, line } = counterpoint;
  const NAMES = { low: "Low", medium: "Medium", high: "High" };

  function column(element, props, watch) {
    const find = (selector) => element.querySelector(selector);
    const root = element.closest(".level-column") ?? element;
    const level = Object.keys(NAMES).find((name) => root.classList.contains(`level-${name}`));
    const thinking = find(".thinking"), pane = find(".thinking .live");
    const grow = growing(pane);
    let run = null, byUser = false, byScript = false;
    find("h3").textContent = NAMES[level];
    pane.setAttribute("aria-label", `Thinking, ${NAMES[level]}`);
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", `${NAMES[level]} reasoning`);
    thinking.querySelector("summary").addEventListener("click", () => { byUser = true; });

    // Opens while the model thinks and folds when it answers, unless the user has decided.
    function fold(open) {
      if (byUser || thinking.open === open) return;
      if (open && !root.classList.contains("opens")) return;
      if (!open && !byScript) return;
      byScript = open;
      thinking.open = open;
    }

    follow(props, watch, (value) => {
      if (value.run !== run) { run = value.run; byUser = false; }
      root.dataset.state = value.state;
      root.dataset.tone = value.tone;
      root.classList.toggle("waiting", value.thinks);
      const status = find(".status");
      if (status.textContent !== value.status) status.textContent = value.status;
      figures(find(".metrics"), value.figures);
      find(".spent").textContent = value.thinking_figures;
      thinking.classList.toggle("empty", !value.thinking);
      grow(value.run, value.thinking, value.state === "idle" ? "Nothing yet." : "No thinking in this run.");
      fold(value.thinks && Boolean(value.thinking));
      find(".why").hidden = !value.note;
      find(".why").textContent = value.note;
      const footer = find("footer"), foot = value.foot.join("\n");
      if (footer.dataset.text !== foot) {
        footer.dataset.text = foot;
        footer.replaceChildren(...value.foot.map((text) => line("p", "", text)));
      }
    });
  }

  function figures(list, values) {
    if (!list.childElementCount) {
      for (const [, name] of values) {
        const pair = list.appendChild(document.createElement("div"));
        pair.append(line("dt", "", name), line("dd", "", ""));
      }
    }
    values.forEach(([figure], n) => {
      const node = list.children[n].lastElementChild;
      if (node.textContent !== figure) node.textContent = figure;
    });
  }

  const SIGNS = { agree: "=", differ: "≠", open: "?", error: "!", idle: "", running: "" };

  function strip(element, props, watch) {
    const box = element.querySelector(".strip");
    follow(props, watch, (value) => {
      box.dataset.state = value.state;
      box.querySelector(".sign").textContent = SIGNS[value.state];
      for (const [selector, text] of [["h2", value.title], ["p", value.detail]]) {
        const node = box.querySelector(selector);
        if (node.textContent !== text) node.textContent = text;
      }
    });
  }

  const PARTS = {
    tokens: ["p-analysis", "p-commentary", "p-answer", "p-markers"],
    time: ["p-reading", "p-analysis", "p-answer"],
  };

  function charts(element, props, watch) {
    follow(props, watch, (value) => {
      for (const box of element.querySelectorAll(".rows")) {
        const rows = value[box.dataset.of];
        if (!box.childElementCount) box.append(...rows.map((row) => chartRow(row, PARTS[box.dataset.of])));
        rows.forEach((row, n) => {
          const [, bar, total] = box.children[n].children;
          row.percent.forEach((share, k) => { bar.children[k].style.width = `${share}%`; });
          if (total.textContent !== row.total) total.textContent = row.total;
        });
      }
    });
  }

  function chartRow(row, parts) {
    const node = line("div", `row level-${row.level}`);
    const bar = line("span", "bar");
    bar.setAttribute("aria-hidden", "true");
    bar.append(...parts.map((cls) => line("i", cls)));
    node.append(line("span", "name", row.name), bar, line("span", "total", row.total));
    return node;
  }

  Object.assign(counterpoint, { column, strip, charts });
})();
