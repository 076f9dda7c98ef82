// The History tab: the list, one entry, and files. Titles, questions and answers go in with
// textContent, as everywhere.
"use strict";
(() => {
  const { follow, line } = counterpoint;
  const DELAY_MS = 150, MOST_BYTES = 64 * 2 ** 20;
  const BARS = "<span class='bars' aria-hidden='true'><i></i><i></i><i></i></span>";
  // What the list shows, and which entry is chosen; every event says it to the server.
  const state = { query: "", kind: "", offset: 0, number: 0 };
  let chosen = "";

  const historyState = () => [JSON.stringify(state)];
  const said = (data) => ({ ...state, ...data });

  function historyList(element, props, watch, trigger) {
    const find = (selector) => element.querySelector(selector);
    const search = find("#history-search"), rows = find("#history-rows");
    const notice = find(".history-notice"), file = find("#history-import-file");
    let waiting = 0, shown = -1, undo = [];

    function ask(change) {
      Object.assign(state, change);
      state.number += 1;
      trigger("input", said({}));
    }
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => ask({ query: search.value, offset: 0 }), DELAY_MS);
    });
    find("#history-kind").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) ask({ kind: button.dataset.kind, offset: 0 });
    });
    find("#history-newer").addEventListener("click", () => ask({ offset: Math.max(0, state.offset - limit()) }));
    find("#history-older").addEventListener("click", () => ask({ offset: state.offset + limit() }));
    find("#history-undo").addEventListener("click", () => trigger("undo", said({ ids: undo })));
    find("#history-export").addEventListener("click", () => trigger("download", said({})));
    find("#history-import").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      const [chosenFile] = file.files;
      if (!chosenFile) return;
      if (chosenFile.size > MOST_BYTES) {
        say({ text: `${chosenFile.name} is too large; allowed: 64 MB. Nothing was imported.`, tone: "bad", undo: [] });
      } else {
        trigger("upload", said({ name: chosenFile.name, text: await chosenFile.text() }));
      }
      file.value = "";
    });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      choose(button.dataset.id);
      trigger("select", said({ id: chosen }));
    });
    rows.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      const other = step && event.target.closest("li")?.[step];
      if (!other) return;
      event.preventDefault();
      other.firstElementChild.focus();
    });
    const limit = () => props.value.limit;

    function choose(id) {
      chosen = id;
      for (const button of rows.querySelectorAll("button")) {
        if (button.dataset.id === id) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    }

    function say(value) {
      undo = value.undo;
      notice.hidden = !value.text;
      notice.dataset.tone = value.tone;
      notice.firstElementChild.textContent = value.text;
      find("#history-undo").hidden = !undo.length;
    }

    follow(props, watch, (value) => {
      if (value.number < shown) return; // a newer question was answered already
      shown = value.number;
      state.offset = value.offset;
      if (value.number === state.number && value.query !== search.value && document.activeElement !== search) {
        search.value = state.query = value.query;
      }
      state.kind = value.kind;
      for (const button of find("#history-kind").children) {
        button.setAttribute("aria-pressed", String(button.dataset.kind === value.kind));
      }
      rows.replaceChildren(...value.rows.map(row));
      if (value.empty) rows.append(line("li", "note", value.empty));
      choose(chosen);
      say(value.notice);
      const last = value.offset + value.rows.length;
      find("#history-count").textContent = value.total
        ? `${(value.offset + 1).toLocaleString("en")}–${last.toLocaleString("en")} of ${value.total.toLocaleString("en")}` : "";
      find("#history-newer").hidden = find("#history-older").hidden = value.total <= value.limit;
      find("#history-newer").disabled = value.offset === 0;
      find("#history-older").disabled = last >= value.total;
    });
  }

  function row(value) {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.dataset.id = value.id;
    const facts = line("span", "facts", "");
    facts.append(line("span", "kind", value.kind), ...value.levels.map(level));
    for (const text of [value.model, value.tokens]) if (text) facts.append(line("span", "", text));
    if (value.status) facts.append(line("span", "status", value.status));
    button.append(line("span", "title", value.title), line("span", "when", value.when), facts);
    item.append(button);
    return item;
  }

  function level(name) {
    const node = line("span", `level level-${name}`, "");
    node.innerHTML = BARS; // a constant of this file
    node.append(document.createTextNode(name));
    return node;
  }

  function historyDetail(element, props, watch, trigger) {
    const find = (selector) => element.querySelector(selector);
    const form = find("#history-rename-form"), title = find("#history-title"), box = find("#history-rename-title");
    const entry = (data) => said({ id: props.value.id, title: props.value.title, ...data });
    const renaming = (on) => {
      form.hidden = !on;
      title.hidden = on;
      if (on) { box.value = props.value.title; box.focus(); box.select(); }
    };
    const leave = () => counterpoint.showTab(props.value.opens);
    find("#history-open").addEventListener("click", () => { trigger("click", entry({})); leave(); });
    find("#history-delete").addEventListener("click", () => trigger("delete", entry({})));
    find("#history-export-json").addEventListener("click", () => trigger("download", entry({ form: "json" })));
    find("#history-export-markdown").addEventListener("click", () => trigger("download", entry({ form: "markdown" })));
    find("#history-export-html").addEventListener("click", () => trigger("download", entry({ form: "html" })));
    const play = (run) => {
      trigger("play", entry({ run, speed: Number(find("#history-speed").value) }));
      leave();
    };
    find("#history-replay").addEventListener("click", () => play(""));
    find("#history-rename").addEventListener("click", () => renaming(form.hidden));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      trigger("submit", entry({ title: box.value }));
      renaming(false);
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") renaming(false); });
    find("#history-turns").addEventListener("click", (event) => {
      const run = event.target.closest("button.replay")?.dataset.run;
      if (run) play(run);
    });
    follow(props, watch, (value) => {
      find(".history-none").textContent = value.id ? "" : value.note;
      find(".history-none").hidden = Boolean(value.id);
      find(".history-entry").hidden = !value.id;
      if (!value.id) { chosen = ""; return; }
      renaming(false);
      title.textContent = value.title;
      find("header .facts").textContent = value.facts.join(" · ");
      find("#history-open").hidden = !value.opens;
      find("#history-open").textContent = `Open in ${value.opens}`;
      const compares = value.opens === "Compare";
      find("#history-replay").hidden = find("#history-export-html").hidden = !compares;
      find(".verdict").hidden = !value.verdict;
      find(".verdict").textContent = value.verdict;
      const pane = find("#history-turns");
      pane.replaceChildren(...value.turns.map(turn));
      if (value.instructions) pane.prepend(line("p", "instructions", `Instructions: ${value.instructions}`));
      if (value.more) pane.append(line("p", "note", value.more));
      find(".speed span").textContent = compares ? "at" : "Replay at";
      find(".speed").hidden = !compares && !pane.querySelector("button.replay");
      pane.scrollTop = 0;
    });
  }

  function turn(value) {
    const node = document.createElement("article");
    if (value.question) node.append(line("p", "question", value.question));
    node.append(...value.runs.map(run));
    return node;
  }

  function run(value) {
    const node = line("section", "run", ""), head = line("div", "head", "");
    if (value.level) head.append(level(value.level));
    head.append(line("span", "line", value.line));
    if (value.id) {
      const button = line("button", "quiet replay", "Replay");
      button.type = "button";
      button.dataset.run = value.id;
      head.append(button);
    }
    node.append(head);
    if (value.missing) node.append(line("p", "missing", value.missing));
    if (value.thinking) {
      const fold = document.createElement("details");
      fold.append(line("summary", "", "Thinking"), line("p", "thought", value.thinking));
      node.append(fold);
    }
    if (value.answer) node.append(line("p", "answer", value.answer));
    if (value.why) node.append(line("p", "why", value.why));
    return node;
  }

  // Hands a file to the user; the same one is not handed out twice.
  function historyFile(element, props, watch) {
    let handed = props.value?.number ?? 0;
    watch("value", () => {
      const { number, name, text } = props.value;
      if (number === handed) return;
      handed = number;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  Object.assign(counterpoint, { historyState, historyList, historyDetail, historyFile });
})();
