// @ts-check
/** `<clinic-chat>`: the button in the corner, the panel that it opens, and what the page may set. */

/** @import { Clinic } from "./text.js" */

import { Chat } from "./chat.js";
import { element, icon, safely } from "./elements.js";
import { keepOpen, wasOpen } from "./store.js";
import { wordsFor } from "./words.js";

/**
 * @typedef {object} Context
 * @property {{clinic: Clinic, emergency: Record<string, {text: string, lang: string}[]>, starters: string[]}} served
 * @property {string} base the address that the server's files and its API are below
 * @property {CSSStyleSheet} sheet
 */

const TAG = "clinic-chat";
const NARROW = "(max-width: 40em), (max-height: 26em)"; // the panel then fills the screen, as in widget.css
const KEYBOARD_PX = 100; // what is hidden of the window by less is a bar of the browser
const ATTRIBUTES = ["language", "name", "privacy-url", "starters", "texts"];

/** @param {Context} context */
export function defineElement({ served, base, sheet }) {
  class ClinicChat extends HTMLElement {
    static observedAttributes = ATTRIBUTES;
    /** @type {AbortController | null} */
    #life = null;
    /** @type {Chat | null} */
    #chat = null;
    /** @type {HTMLElement | null} what to give the focus back to */
    #opener = null;
    #narrow = matchMedia(NARROW);
    /** @type {HTMLButtonElement} */
    #launcher = element("button", { type: "button", class: "launcher" });
    #key = `clinic-chat:${base}`;
    #draft = "";

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.#launcher.addEventListener("click", safely(() => this.toggle()));
    }

    connectedCallback() {
      safely(() => this.#build())();
    }

    disconnectedCallback() {
      this.#draft = this.#chat?.composer.draft ?? "";
      this.#life?.abort();
      this.#life = null;
    }

    attributeChangedCallback() {
      if (!this.#life) return;
      const { isOpen } = this;
      const hadFocus = this.shadowRoot?.activeElement != null;
      this.disconnectedCallback();
      this.connectedCallback();
      if (isOpen) this.#show(hadFocus);
    }

    get isOpen() {
      return this.#chat?.panel.element.open ?? false;
    }

    open() {
      this.#show(true);
    }

    close() {
      if (!this.isOpen) return;
      const panel = /** @type {Chat} */ (this.#chat).panel.element;
      const hadFocus = this.shadowRoot?.activeElement != null;
      panel.close();
      this.#closed(hadFocus);
    }

    toggle() {
      if (this.isOpen) this.close();
      else this.open();
    }

    /** @param {string} text in the visitor's name */
    send(text) {
      this.open();
      this.#chat?.send(text);
    }

    #build() {
      this.#life = new AbortController();
      const life = this.#life.signal;
      const language = this.#language();
      const words = wordsFor(language, this.getAttribute("texts"));
      const name = this.getAttribute("name") ?? served.clinic.name;
      const title = words.title.replace("{name}", name);
      const badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
      const news = element("p", { class: "unseen", role: "status" });
      this.#chat = new Chat({
        base,
        words,
        language,
        clinic: served.clinic,
        emergency: served.emergency[language],
        name,
        title,
        privacyUrl: this.#privacyUrl(),
        ...this.#starters(language),
        life,
        onClose: () => this.close(),
        onUrgent: () => this.#show(false),
        onUnread: (count) => {
          const said = count ? words.unread(count) : "";
          badge.hidden = count === 0;
          badge.textContent = count > 9 ? "9+" : String(count);
          if (news.textContent !== said) news.textContent = said;
          this.#launcher.setAttribute("aria-label", said ? `${words.launcher} (${said})` : words.launcher);
        },
        emit: (type, detail) => this.#emit(type, detail),
      });
      this.#chat.composer.draft = this.#draft;
      this.#launcher.hidden = false;
      this.#launcher.replaceChildren(icon("chat"), element("span", {}, words.launcher), badge);
      this.#launcher.setAttribute("aria-haspopup", "dialog");
      const corner = element("section", { class: "corner", "aria-label": title }, this.#launcher, news);
      const { panel } = this.#chat;
      const root = element("div", { class: "root", lang: language }, corner, panel.element);
      this.shadowRoot?.replaceChildren(root);
      panel.element.addEventListener("keydown", safely((event) => this.#onKey(event)));
      panel.element.addEventListener("cancel", safely((event) => {
        if (event.target !== panel.element) return;
        event.preventDefault();
        if (!panel.closeMenu()) this.close();
      }));
      panel.element.addEventListener("close", safely((event) => {
        // A browser may close it without asking, at the second Escape.
        if (event.target === panel.element && !this.isOpen && this.#launcher.hidden) this.#closed(true);
      }));
      this.#narrow.addEventListener("change", safely(() => this.#fit()), { signal: life });
      for (const moved of ["resize", "scroll"]) {
        visualViewport?.addEventListener(moved, safely(() => this.#aboveKeyboard()), { signal: life });
      }
      if (wasOpen(this.#key) && !this.#narrow.matches) this.#show(false);
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
      if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
      const panel = this.#chat?.panel;
      if (!panel || panel.dialogs.some(({ open }) => open)) return; // a dialog of the chat closes by itself
      event.preventDefault();
      event.stopPropagation();
      if (!panel.closeMenu()) this.close();
    }

    /** @param {boolean} takeFocus */
    #show(takeFocus) {
      const chat = this.#chat;
      if (!chat) return;
      if (!this.isOpen) {
        const active = document.activeElement;
        this.#opener = active instanceof HTMLElement && active !== document.body && active !== this ? active : null;
        this.#showPanel();
        if (!takeFocus) {
          // A dialog takes the focus when it is shown.
          const taken = this.shadowRoot?.activeElement;
          if (taken instanceof HTMLElement) taken.blur();
          this.#opener?.focus({ preventScroll: true });
        }
        this.#launcher.hidden = true;
        keepOpen(this.#key, true);
        chat.open = true;
        this.#emit("open", {});
      }
      if (!takeFocus) return;
      if (chat.composer.isTouch) chat.panel.title.focus({ preventScroll: true });
      else chat.composer.focus();
    }

    /** Alone on a narrow screen, with the page behind it inert; else beside the page. */
    #showPanel() {
      const panel = this.#chat?.panel.element;
      if (!panel) return;
      if (this.#narrow.matches) panel.showModal();
      else panel.show();
      this.#aboveKeyboard();
    }

    /** The screen was turned, or the window made wider. */
    #fit() {
      if (!this.isOpen || !this.#chat) return;
      const active = this.shadowRoot?.activeElement;
      const { scroller, element: panel } = this.#chat.panel;
      const { scrollTop } = scroller;
      panel.close();
      this.#showPanel();
      scroller.scrollTop = scrollTop;
      if (active instanceof HTMLElement) active.focus({ preventScroll: true });
    }

    /** Where a keyboard on the screen covers the page, and the browser moves the rest up, the panel fits in what is seen. */
    #aboveKeyboard() {
      const panel = this.#chat?.panel.element;
      if (!panel || !visualViewport) return;
      const { height, offsetTop, scale } = visualViewport;
      const isKeyboard = scale === 1 && innerHeight - height > KEYBOARD_PX;
      const covered = isKeyboard ? Math.max(0, innerHeight - height - offsetTop) : 0;
      panel.style.setProperty("--covered", `${Math.round(covered)}px`);
      panel.style.setProperty("--above", `${isKeyboard ? Math.round(offsetTop) : 0}px`);
    }

    /** @param {boolean} hadFocus */
    #closed(hadFocus) {
      this.#launcher.hidden = false;
      keepOpen(this.#key, false);
      if (this.#chat) this.#chat.open = false;
      if (hadFocus) (this.#opener?.isConnected ? this.#opener : this.#launcher).focus({ preventScroll: true });
      this.#opener = null;
      this.#emit("close", {});
    }

    /**
     * @param {string} type
     * @param {object} detail
     */
    #emit(type, detail) {
      this.dispatchEvent(new CustomEvent(`${TAG}:${type}`, { bubbles: true, composed: true, detail }));
    }

    #language() {
      const wanted = this.getAttribute("language") ?? document.documentElement.lang;
      return wanted.toLowerCase().startsWith("es") ? "es" : "en";
    }

    #privacyUrl() {
      const url = new URL(this.getAttribute("privacy-url") ?? `${base}privacy`, document.baseURI);
      return /^https?:$/.test(url.protocol) ? url.href : "";
    }

    /**
     * The page's first questions, one a line; else the gateway's, which are English as the answers are.
     *
     * @param {string} language
     */
    #starters(language) {
      const lines = this.getAttribute("starters")?.split("\n").map((line) => line.trim()).filter(Boolean);
      return lines ? { starters: lines, startersLanguage: language } : { starters: served.starters, startersLanguage: "en" };
    }
  }

  customElements.define(TAG, ClinicChat);
}
