// The strip, the charts, the differences and the downloads of Compare. Text goes in with textContent.
"use strict";
(() => {
  const { follow, line } = counterpoint;
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
    time: ["p-queued", "p-reading", "p-analysis", "p-answer"],
  };

  function charts(element, props, watch) {
    follow(props, watch, (value) => {
      for (const box of element.querySelectorAll(".rows")) {
        const of = box.dataset.of, rows = value[of] ?? [];
        const names = JSON.stringify(rows.map((row) => [row.level, row.name, row.at?.length]));
        if (box.dataset.names !== names) {
          box.dataset.names = names;
          box.replaceChildren(...rows.map((row) => chartRow(row, PARTS[of])));
        }
        rows.forEach((row, n) => {
          const [, bar, total] = box.children[n].children;
          if (row.at) spread(bar, row);
          else row.percent.forEach((share, k) => { bar.children[k].style.width = `${share}%`; });
          if (total.textContent !== row.total) total.textContent = row.total;
        });
        if (PARTS[of]) box.parentElement.querySelector(".of").textContent = value.of ?? "";
        else box.parentElement.hidden = !rows.length;
      }
    });
  }

  function chartRow(row, parts) {
    const node = line("div", `row level-${row.level}`);
    const bar = line("span", parts ? "bar" : "scale");
    bar.setAttribute("aria-hidden", "true");
    if (parts) bar.append(...parts.map((cls) => line("i", cls)));
    else bar.append(line("i", "range"), ...row.at.map(() => line("i", "dot")), line("i", "middle"));
    const name = line("span", "name", row.name);
    name.title = row.name;
    node.append(name, bar, line("span", "total", row.total));
    return node;
  }

  function spread(bar, row) {
    const [range, ...rest] = bar.children, middle = rest.pop();
    range.style.left = `${row.low}%`;
    range.style.width = `${row.high - row.low}%`;
    rest.forEach((dot, n) => { dot.style.left = `${row.at[n]}%`; });
    middle.style.left = `${row.middle}%`;
  }

  const TAGS = { same: "span", removed: "del", added: "ins" };

  function difference(element, props, watch) {
    const box = element.querySelector(".differences");
    follow(props, watch, (value) => {
      box.replaceChildren(...value.pairs.map((pair) => {
        const details = line("details", "difference");
        const words = pair.words === 1 ? "1 word" : `${pair.words} words`;
        const summary = line("summary", "", `Where ${pair.one} and ${pair.other} differ: after ${words}`);
        const text = line("p", "");
        text.append(...pair.pieces.map(([change, piece]) => line(TAGS[change] ?? "span", "", piece)));
        const key = line("p", "hint", `Struck out: only in ${pair.one}. Underlined: only in ${pair.other}.`);
        details.append(summary, text, key);
        return details;
      }));
    });
  }

  // A file made by the server, saved by the browser; nothing of it becomes part of the page.
  function download(element, props, watch) {
    let done = null;
    follow(props, watch, (value) => {
      if (!value.at || value.at === done) return;
      done = value.at;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([value.text], { type: `${value.type};charset=utf-8` }));
      link.download = value.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  function optionsSwitch(element) {
    const button = element.querySelector("button");
    button.addEventListener("click", () => {
      const open = document.getElementById("compare-options").classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    });
  }

  // A link that opens this comparison again, which the address bar follows. Where the browser gives
  // no clipboard (a page that is not on this machine), the link is shown to be copied by hand.
  function compareLink(element, props, watch) {
    const [button, box, said] = element.querySelectorAll("button, input, span");
    let shown = "";
    follow(props, watch, (value) => {
      // What the address asked for stays there until another comparison begins.
      if (value.id !== shown) address(shown = value.id);
      button.hidden = !value.id;
      box.hidden = true;
      said.textContent = value.why;
    });
    button.addEventListener("click", async () => {
      const link = new URL(location.pathname, location.origin);
      link.searchParams.set("comparison", props.value.id);
      box.value = link.href;
      try {
        await navigator.clipboard.writeText(link.href);
        said.textContent = "Copied";
      } catch {
        box.hidden = false;
        box.select();
        said.textContent = "";
      }
    });
  }

  function address(id) {
    const here = new URL(location.href);
    if (id) here.searchParams.set("comparison", id);
    else here.searchParams.delete("comparison");
    history.replaceState(history.state, "", here);
  }

  Object.assign(counterpoint, { strip, charts, difference, download, optionsSwitch, compareLink });
})();
