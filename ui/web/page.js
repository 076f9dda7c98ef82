// The page as a whole: theme, settings drawer, folding, the tab's id. Everything hangs on `counterpoint`.
"use strict";
var counterpoint = (() => {
  const stored = {
    // Storage may be switched off; the page then forgets, and works.
    get(store, key) { try { return window[store].getItem(key); } catch { return null; } },
    set(store, key, value) { try { window[store].setItem(key, value); } catch { /* forgotten */ } },
  };

  const isDark = () => document.body.classList.contains("dark");

  function setTheme(name) {
    document.body.classList.toggle("dark", name === "dark");
    const url = new URL(location.href);
    url.searchParams.set("__theme", name);
    history.replaceState(history.state, "", url);
    document.documentElement.style.colorScheme = name;
  }

  function startTheme() {
    const asked = new URLSearchParams(location.search).get("__theme");
    const name = asked || stored.get("localStorage", "counterpoint-theme");
    if (name === "dark" || name === "light") setTheme(name);
    else document.documentElement.style.colorScheme = isDark() ? "dark" : "light";
  }

  function themeSwitch(button) {
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
    };
    button.addEventListener("click", () => {
      const name = isDark() ? "light" : "dark";
      stored.set("localStorage", "counterpoint-theme", name);
      setTheme(name);
    });
    new MutationObserver(label).observe(document.body, { attributeFilter: ["class"] });
    label();
  }

  function drawer(opener) {
    const panel = () => document.getElementById("settings");
    const set = (open) => {
      panel()?.classList.toggle("open", open);
      opener.setAttribute("aria-expanded", String(open));
      if (open) askForModel();
      if (open) panel()?.querySelector("textarea, input, button")?.focus({ preventScroll: true });
      else opener.focus();
    };
    const isOpen = () => panel()?.classList.contains("open");
    opener.addEventListener("click", () => set(!isOpen()));
    document.addEventListener("click", (event) => {
      if (event.target.closest?.("#settings-close")) set(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && isOpen()) set(false);
    });
  }

  function header(element, props, watch, trigger) {
    counterpoint.presenting(element, props, watch, trigger);
    themeSwitch(element.querySelector("#theme-switch"));
    drawer(element.querySelector("#settings-open"));
    const settings = document.getElementById("settings");
    settings?.setAttribute("role", "dialog");
    settings?.setAttribute("aria-labelledby", "settings-title");
  }

  // Another tab may have changed the model: ask whenever this one is looked at again.
  const askForModel = () => document.getElementById("model-follow")?.click();

  function followModel() {
    window.addEventListener("focus", askForModel);
    document.addEventListener("visibilitychange", () => document.hidden || askForModel());
  }

  // A tab is known by an id that lives through a reload, and not through a copy of the tab.
  function tabId() {
    const how = performance.getEntriesByType("navigation")[0]?.type;
    const again = how === "reload" || how === "back_forward";
    let id = again ? stored.get("sessionStorage", "counterpoint-tab") : null;
    if (!id) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    stored.set("sessionStorage", "counterpoint-tab", id);
    return [id, again];
  }

  // What the address asks for: something of the history.
  function link(again) {
    const asked = new URLSearchParams(location.search);
    return JSON.stringify({ comparison: asked.get("comparison"), chat: asked.get("chat"), again });
  }

  // Gradio gives every radio button a name of its own, again at each change; with one name for all
  // they are one stop of the Tab key, and the arrow keys choose.
  function groupLevels() {
    const levels = document.getElementById("chat-level");
    const name = () => {
      for (const input of levels.querySelectorAll("input[type=radio]")) {
        if (input.name !== "chat-level") input.name = "chat-level";
      }
    };
    new MutationObserver(name).observe(levels, { subtree: true, attributeFilter: ["name"] });
    name();
  }

  // Called once the page is built; tells the server which tab this is, and what its address asks for.
  function start() {
    groupLevels();
    followModel();
    const [id, again] = tabId();
    return [id, link(again)];
  }

  function folding(button) {
    const chat = () => document.getElementById("chat");
    const label = () => {
      const folded = chat()?.classList.contains("folded");
      counterpoint.caption(button, folded ? "Show channels" : "Hide channels");
      button.setAttribute("aria-expanded", String(!folded));
    };
    button.addEventListener("click", () => {
      chat()?.classList.toggle("folded");
      label();
    });
    label();
  }

  startTheme();
  // The server selects tabs too, but the page does not always follow where a person chose one since.
  function showTab(name) {
    const tabs = [...document.querySelectorAll("#tabs [role=tab]")];
    tabs.find((tab) => tab.textContent.trim() === name)?.click();
  }

  return { header, start, folding, showTab };
})();
