// @ts-check
/** Going on by text message: a code that the visitor texts from a telephone, for as long as it holds. */

/** @import { PhoneCode } from "./api.js" */
/** @import { Words } from "./words.js" */

import { button, element, safely } from "./elements.js";
import { onServersClock } from "./time.js";
import { inPlainWords } from "./words.js";

const TICK_MS = 1_000;

export class PhoneDialog {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking = undefined;
  #asked = 0; // how many codes: only the last is shown, for it ends those before it

  /**
   * @param {Words} words
   * @param {() => Promise<PhoneCode>} fetchCode rejects with an ApiError
   */
  constructor(words, fetchCode) {
    this.words = words;
    this.fetchCode = fetchCode;
    this.said = element("div", { class: "text-code", "aria-live": "polite" });
    this.left = element("p", { class: "left", role: "timer" }); // looked up, not said each second
    this.done = element("button", { class: "primary" }, words.done);
    const choices = element("div", { class: "dialog-choices" }, button(words.newCode, "choice", () => this.#renew()), this.done);
    const form = element("form", { method: "dialog" }, element("h3", { id: "texting" }, words.byText));
    form.append(this.said, this.left, element("p", { class: "terms" }, words.textTerms), choices);
    this.element = element("dialog", { class: "dialog", "aria-labelledby": "texting" }, form);
    this.element.addEventListener("close", safely(() => this.#clear()));
  }

  show() {
    this.element.showModal();
    this.done.focus();
    return this.#renew();
  }

  async #renew() {
    this.#clear();
    const asked = this.#asked;
    try {
      const code = await this.fetchCode();
      if (asked === this.#asked && this.element.open) this.#showCode(code);
    } catch (error) {
      if (asked === this.#asked) this.#say(inPlainWords(error, this.words));
    }
  }

  #clear() {
    this.#asked += 1;
    clearInterval(this.#ticking);
    this.#say();
  }

  /** @param {(Node | string)[]} lines */
  #say(...lines) {
    this.left.textContent = "";
    this.said.replaceChildren(...lines.map((line) => element("p", {}, line)));
  }

  /** @param {PhoneCode} code */
  #showCode({ code, number, expires_at }) {
    const { words } = this;
    const ends = Date.parse(expires_at);
    // On a telephone the link writes the message; one voice says the signs, the eye sees them in two groups.
    const href = `sms:${number}?&body=${encodeURIComponent(code)}`;
    const link = element("a", { href }, number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3"));
    const shown = element("strong", { "aria-hidden": "true" }, code);
    this.#say(words.textCode, link, shown);
    this.said.append(element("p", { class: "unseen" }, [...code].join(" ")));
    const tick = () => {
      const seconds = Math.ceil((ends - onServersClock()) / 1000);
      if (seconds > 0) {
        this.left.textContent = `${words.codeHolds} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
        return;
      }
      this.#clear();
      this.#say(words.codeEnded);
    };
    tick();
    this.#ticking = setInterval(safely(tick), TICK_MS);
  }
}
