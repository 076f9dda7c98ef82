// Presenting: large type and plain captions. What is held back is held back by the server, not here.
"use strict";
(() => {
  // What a caption is called for people without a technical background.
  const PLAIN = {
    "Show channels": "Show details", "Hide channels": "Hide details",
    "to first token": "to begin", "to the answer": "to the answer",
    "Prompt": "What was asked", "of these from the cache": "of these read before",
    "Analysis": "Thinking", "Commentary": "Side notes",
    "Generated, markers included": "Written in all", "Given, not generated": "Given to it",
    "Time since sending": "Time", "Queued": "Waiting", "First token": "Until it began",
    "First answer token": "Until the answer began", "Total": "In total",
    "Rate after the first token": "Speed", "Level in the prompt": "Level asked for",
    "SHA-256 of its tokens": "Its fingerprint", "The prompt as rendered": "All that the model was given",
  };

  const plainly = (text) => PLAIN[text] ?? text.replace(/ in the prompt$/, "");

  // Writes a caption in both ways; the style sheet shows the one that fits.
  function caption(node, text) {
    const plain = plainly(text);
    if (plain === text) node.replaceChildren(text);
    else node.replaceChildren(counterpoint.line("span", "precise", text), counterpoint.line("span", "plain", plain));
    return node;
  }

  function presenting(element, props, watch, trigger) {
    const button = element.querySelector("#present-switch");
    counterpoint.follow(props, watch, (value) => {
      button.setAttribute("aria-checked", String(value.presenting));
      document.documentElement.classList.toggle("presenting", value.presenting);
    });
    button.addEventListener("click", () => trigger("click"));
  }

  // Whoever asks for the thinking wants to see it.
  function unfold() {
    const asks = document.getElementById("chat-show-thinking")?.textContent.includes("Show");
    if (asks && document.getElementById("chat")?.classList.contains("folded")) {
      document.querySelector("#chat-status .fold")?.click();
    }
    if (asks) document.querySelector("#chat-panels [role=tablist] [role=tab]")?.click();
    return [];
  }

  Object.assign(counterpoint, { caption, presenting, unfold });
})();
