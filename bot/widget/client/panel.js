// @ts-check
/** The open panel: header, first line, messages, what is said when the server cannot be reached, field, options. */

/** @import { Composer } from "./composer.js" */
/** @import { PhoneDialog } from "./phone.js" */
/** @import { Clinic } from "./text.js" */
/** @import { Words } from "./words.js" */

import { button, element, icon, iconButton, safely } from "./elements.js";
import { callButtons, callLink, linked, numbersIn } from "./text.js";

const TYPING_SAID_MS = 1_500; // a screen reader need not say it of an answer that comes at once

/**
 * @typedef {{text: string, lang: string}} Approved
 *
 * @typedef {object} PanelOptions
 * @property {Words} words
 * @property {Clinic} clinic
 * @property {string} name whose chat it is
 * @property {string} title the same in a sentence
 * @property {Approved[]} emergency
 * @property {string} privacyUrl
 * @property {Composer} composer
 * @property {PhoneDialog} phone
 * @property {() => void} onClose
 * @property {() => void} onDownload
 * @property {() => void} onForget
 * @property {() => void} onRetry
 */

export class Panel {
  /** @param {PanelOptions} options */
  constructor(options) {
    const { words } = options;
    this.options = options;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.sayTyping = undefined;
    this.earlier = element("div", { class: "entries" });
    this.log = element("div", { class: "entries", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": words.messages });
    this.typing = element("div", { class: "typing", "aria-hidden": "true", hidden: "" }, element("i"), element("i"), element("i"));
    this.starters = element("div", { class: "choices starters", role: "group", "aria-label": words.starters });
    this.scroller = element("div", { class: "scroller", role: "region", "aria-label": words.messages, tabindex: "0" });
    this.more = button(words.showEarlier, "choice more", () => {});
    this.more.hidden = true;
    this.scroller.append(this.more, this.earlier, this.log, this.typing, this.starters);
    this.jump = button(words.newMessages, "jump", () => {});
    this.jump.prepend(icon("down"));
    this.jump.hidden = true;
    this.status = element("p", { class: "unseen", role: "status" });
    this.menuButton = iconButton(words.options, "icon", "menu", () => this.#showMenu(this.menu.hidden !== false));
    this.menu = element("div", { class: "menu", id: "menu", hidden: "" });
    this.trouble = this.#troubleCard();
    this.confirm = this.#confirmation();
    this.title = element("h2", { tabindex: "-1" }, options.name);
    const main = element("div", { class: "main" }, this.scroller, this.jump);
    this.element = element("dialog", { class: "panel", "aria-label": options.title });
    this.dialogs = [this.confirm, options.phone.element];
    this.element.append(this.#header(), this.#notice(), main, this.trouble, options.composer.element, this.status, ...this.dialogs);
  }

  /** @returns {boolean} whether the menu was open */
  closeMenu() {
    const wasOpen = !this.menu.hidden;
    this.#showMenu(false);
    if (wasOpen) this.menuButton.focus();
    return wasOpen;
  }

  /** @param {boolean} typing whether an answer is awaited */
  set isTyping(typing) {
    if (this.typing.hidden !== typing) return;
    this.typing.hidden = !typing;
    const wasAtEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 120;
    if (typing && wasAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    clearTimeout(this.sayTyping);
    if (!typing) this.status.textContent = "";
    else this.sayTyping = setTimeout(() => this.status.replaceChildren(this.options.words.typing), TYPING_SAID_MS);
  }

  /** @param {boolean} there */
  set hasConversation(there) {
    for (const each of this.menu.querySelectorAll("button")) each.disabled = !there;
  }

  /** @param {boolean} reached */
  set reached(reached) {
    if (this.trouble.hidden === reached) return;
    this.trouble.hidden = reached;
    this.status.textContent = reached ? "" : this.options.words.notReached;
  }

  #header() {
    const { words, onClose } = this.options;
    this.menuButton.setAttribute("aria-expanded", "false");
    this.menuButton.setAttribute("aria-controls", "menu");
    this.#fillMenu();
    const names = element("div", { class: "names" }, this.title, element("p", {}, words.subtitle));
    const face = element("span", { class: "face" }, icon("chat"));
    return element("header", {}, face, names, this.menuButton, iconButton(words.close, "icon", "close", onClose), this.menu);
  }

  #fillMenu() {
    const { words, clinic, phone, onDownload, onForget } = this.options;
    this.menu.append(
      button(words.download, "", () => {
        this.closeMenu();
        onDownload();
      }),
      button(words.forget, "", () => {
        this.closeMenu();
        this.confirm.returnValue = "";
        this.confirm.showModal();
      }),
    );
    if (clinic.sms) {
      this.menu.prepend(button(words.byText, "", () => {
        this.closeMenu();
        phone.show();
      }));
    }
    this.confirm.addEventListener("close", safely(() => {
      if (this.confirm.returnValue === "forget") onForget();
    }));
  }

  /** @param {boolean} shown */
  #showMenu(shown) {
    this.menu.hidden = !shown;
    this.menuButton.setAttribute("aria-expanded", String(shown));
  }

  /** What the chat is, before anything else; the text for emergencies is the approved one. */
  #notice() {
    const { words, emergency, clinic, privacyUrl } = this.options;
    const [first] = emergency;
    const line = element("p", { class: "notice" }, `${words.notice} `);
    if (first) line.append(element("span", { lang: first.lang }, ...linked(first.text, clinic)), " ");
    if (privacyUrl) line.append(element("a", { href: privacyUrl, target: "_blank", rel: "noopener" }, words.privacy));
    if (words.language) line.append(element("span", { class: "language" }, words.language));
    return line;
  }

  #troubleCard() {
    const { words, emergency, clinic, onRetry } = this.options;
    const card = element("section", { class: "trouble", "aria-label": words.emergency, hidden: "" });
    card.append(element("p", {}, words.notReached));
    for (const { text, lang } of emergency) card.append(element("p", { lang }, ...linked(text, clinic)));
    const calls = callButtons(emergency.flatMap(({ text }) => numbersIn(text)), words);
    if (clinic.phoneLink) calls.append(callLink(clinic.phoneLink, words.clinicPhone(clinic.phone)));
    card.append(calls);
    if (clinic.phone && !clinic.phoneLink) card.append(element("p", {}, words.clinicPhone(clinic.phone)));
    card.append(button(words.tryNow, "choice", onRetry));
    return card;
  }

  #confirmation() {
    const { words } = this.options;
    const keep = element("button", { class: "choice", value: "keep" }, words.forgetNo);
    const forget = element("button", { class: "primary danger", value: "forget" }, words.forgetYes);
    const form = element("form", { method: "dialog" }, element("h3", { id: "ask" }, words.forgetTitle));
    form.append(element("p", { id: "why" }, words.forgetText), element("div", { class: "dialog-choices" }, keep, forget));
    return element("dialog", { class: "dialog", "aria-labelledby": "ask", "aria-describedby": "why" }, form);
  }
}
