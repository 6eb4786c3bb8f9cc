// @ts-check
/** Where the visitor writes: a field that suits what is asked for. */

/** @import { Message } from "./api.js" */
/** @import { Words } from "./words.js" */

import { element, iconButton, safely } from "./elements.js";

const COARSE = "(pointer: coarse)";

export class Composer {
  /** @type {HTMLTextAreaElement | HTMLInputElement} */
  #field;
  #asks = "";
  /** @type {"tel" | "email"} */
  #way = "tel";

  /**
   * @param {Words} words
   * @param {(text: string) => void} onSend
   */
  constructor(words, onSend) {
    this.words = words;
    this.onSend = onSend;
    this.label = element("label", { for: "text" });
    this.ways = element("div", { class: "ways", role: "group", "aria-label": words.contact });
    this.line = element("div", { class: "line" });
    this.button = iconButton(words.send, "send", "send", () => {});
    this.button.type = "submit";
    this.#field = this.#makeField();
    this.line.append(this.#field, this.button);
    this.element = element("form", { class: "composer", novalidate: "" }, this.label, this.ways, this.line);
    this.element.addEventListener("submit", safely((event) => {
      event.preventDefault();
      this.#submit();
    }));
    this.#say();
  }

  /** Puts the cursor into the field; on a touch screen only where a question waits, for it brings the keyboard. */
  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /** Whether to leave the keyboard of a telephone where it is: down. */
  get isTouch() {
    return matchMedia(COARSE).matches;
  }

  /** What is written and not sent. */
  get draft() {
    return this.#field.value;
  }

  set draft(text) {
    this.#field.value = text;
    this.#grow();
  }

  /**
   * Back into the field, before what is there already.
   *
   * @param {string} text
   */
  takeBack(text) {
    this.draft = [text, this.draft].filter(Boolean).join("\n");
    this.focus();
  }

  /** @param {Message | null} message the one that waits for an answer */
  ask(message) {
    const asks = message?.asks ?? "";
    if (asks === this.#asks) return;
    this.#asks = asks;
    this.#replaceField();
  }

  #replaceField() {
    const before = this.#field;
    const focused = /** @type {ShadowRoot | Document} */ (before.getRootNode()).activeElement === before;
    this.#field = this.#makeField();
    this.#field.value = before.value;
    before.replaceWith(this.#field);
    this.#say();
    if (focused) this.focus();
  }

  #makeField() {
    const common = { id: "text", enterkeyhint: "send", placeholder: this.words.placeholder };
    if (this.#asks === "name") {
      return element("input", { ...common, type: "text", autocomplete: "name", autocapitalize: "words", placeholder: "" });
    }
    if (this.#asks === "contact") {
      const kind = this.#way === "tel" ? "tel" : "email";
      return element("input", { ...common, type: kind, inputmode: kind, autocomplete: kind, placeholder: "" });
    }
    const field = element("textarea", { ...common, rows: "1", autocomplete: "off" });
    field.addEventListener("keydown", safely((event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    }));
    field.addEventListener("input", () => this.#grow());
    return field;
  }

  /** The label, and the choice between telephone and e-mail. */
  #say() {
    const { words } = this;
    /** @type {Record<string, string>} */
    const labels = { name: words.name, contact: words.contact, reason: words.reason };
    const asked = labels[this.#asks];
    this.label.textContent = asked ?? words.yourMessage;
    this.label.classList.toggle("unseen", !asked);
    this.ways.hidden = this.#asks !== "contact";
    this.ways.replaceChildren(...(this.ways.hidden ? [] : [this.#wayButton("tel", words.phone), this.#wayButton("email", words.email)]));
  }

  /**
   * @param {"tel" | "email"} way
   * @param {string} label
   */
  #wayButton(way, label) {
    const made = element("button", { type: "button", "aria-pressed": String(this.#way === way) }, label);
    made.addEventListener("click", safely(() => {
      this.#way = way;
      this.#replaceField();
      this.focus();
    }));
    return made;
  }

  /** Browsers without `field-sizing` do not grow the field by themselves. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight + 2}px`;
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text) return;
    this.#field.value = "";
    this.#grow();
    this.onSend(text);
  }
}
