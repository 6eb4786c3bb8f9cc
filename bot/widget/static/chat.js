// @ts-check
/**
 * The chat of the page, a client of the chat API (docs/chat-api.md): here its controls are made to work.
 *
 * What visitors and the assistant wrote reaches the page as text nodes only, never as markup.
 */

import { Conversation } from "./conversation.js";
import { byId } from "./elements.js";
import { Sending } from "./sending.js";
import { Transcript } from "./transcript.js";

class Chat {
  constructor() {
    this.root = byId("chat", HTMLElement);
    this.form = byId("chat-form", HTMLFormElement);
    this.input = byId("chat-text", HTMLTextAreaElement);
    this.starters = byId("chat-starters", HTMLElement);
    this.forgetButton = byId("chat-forget", HTMLButtonElement);
    this.confirm = byId("chat-confirm", HTMLDialogElement);
    const parts = {
      list: byId("chat-log", HTMLElement),
      scroller: byId("chat-scroll", HTMLElement),
      typing: byId("chat-typing", HTMLElement),
      starters: this.starters,
    };
    this.transcript = new Transcript(parts, {
      choose: (value) => this.#choose(value),
      rate: (message, helpful) => this.conversation.rate(message, helpful),
    });
    this.conversation = new Conversation(this.transcript, byId("chat-status", HTMLElement), this.forgetButton);
    this.sending = new Sending(this.conversation, this.transcript, this.input);
  }

  /** Makes the controls work and opens the conversation. */
  begin() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    for (const starter of this.starters.querySelectorAll("button")) {
      starter.addEventListener("click", () => this.#choose(starter.textContent ?? ""));
    }
    this.forgetButton.addEventListener("click", () => this.#askToForget());
    this.confirm.addEventListener("close", () => {
      if (this.confirm.returnValue === "forget") void this.conversation.forget();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.conversation.interruptStream();
    });
    for (const control of this.root.querySelectorAll("[disabled]")) {
      if (control !== this.forgetButton) control.removeAttribute("disabled");
    }
    void this.conversation.openOrOfferRetry();
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.sending.send(text);
  }

  /** @param {string} value */
  #choose(value) {
    this.transcript.focus(); // the button is about to go
    this.sending.send(value);
  }

  #askToForget() {
    this.confirm.returnValue = "";
    this.confirm.showModal();
  }
}

new Chat().begin();
