// @ts-check
/** Tries the settings out on the page that explains them. */

const form = /** @type {HTMLFormElement} */ (document.getElementById("try"));
const snippet = /** @type {HTMLElement} */ (document.getElementById("snippet"));
const accent = /** @type {HTMLInputElement} */ (form.elements.namedItem("accent"));
const first = accent.value;

/** @param {string} text */
const quoted = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

function show() {
  const chat = document.querySelector("clinic-chat");
  if (!(chat instanceof HTMLElement)) return;
  let attributes = "";
  for (const [name, value] of new FormData(form)) {
    if (name === "accent" || typeof value !== "string") continue;
    if (value) {
      if (chat.getAttribute(name) !== value) chat.setAttribute(name, value);
      attributes += ` data-${name}="${quoted(value)}"`;
    } else if (chat.hasAttribute(name)) {
      chat.removeAttribute(name);
    }
  }
  const { value } = accent;
  chat.style.setProperty("--clinic-chat-accent", value === first ? "" : value);
  const style = value === first ? "" : `\n\nclinic-chat { --clinic-chat-accent: ${value}; }   (in a style sheet of the page)`;
  snippet.textContent = `<script src="${snippet.dataset.address}/widget.js" defer${attributes}></script>${style}`;
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", show);
