// @ts-check
/** Sending what the visitor wrote, and offering another attempt where that failed. */

/** @import { Conversation } from "./conversation.js" */
/** @import { Entry, Outgoing } from "./log.js" */
/** @import { Transcript } from "./transcript.js" */

import { ApiError, isGone, sendMessage, waitMs } from "./api.js";
import { button, element } from "./elements.js";
import { isUnsent } from "./log.js";
import { inPlainWords, WORDS } from "./words.js";

export class Sending {
  /**
   * @param {Conversation} conversation
   * @param {Transcript} transcript
   * @param {HTMLTextAreaElement} input
   */
  constructor(conversation, transcript, input) {
    this.conversation = conversation;
    this.transcript = transcript;
    this.log = transcript.log;
    this.input = input;
  }

  /** @param {string} text */
  send(text) {
    const outgoing = { text, clientMessageId: newMessageId(), failed: false };
    this.transcript.showOutgoing(outgoing);
    void this.#deliver(outgoing);
  }

  /** @param {Outgoing} outgoing */
  async #deliver(outgoing) {
    outgoing.failed = false;
    try {
      await this.transcript.whileTyping(() => this.#attempt(outgoing, true));
    } catch (error) {
      this.#offerRetry(outgoing, error);
    }
  }

  /**
   * @param {Outgoing} outgoing
   * @param {boolean} mayStartAnew
   */
  async #attempt(outgoing, mayStartAnew) {
    await this.conversation.ensureOpen();
    const { credentials } = this.conversation;
    if (!credentials) return; // forgotten in the meantime
    try {
      const replies = await sendMessage(credentials, outgoing);
      if (this.conversation.credentials === credentials) this.transcript.showReplies(outgoing, replies);
    } catch (error) {
      if (!isGone(error) || !mayStartAnew || !this.log.entryOf(outgoing)) throw error;
      if (this.conversation.credentials === credentials) this.conversation.leave(WORDS.gone, isUnsent);
      await this.#attempt(outgoing, false);
    }
  }

  /**
   * @param {Outgoing} outgoing
   * @param {unknown} error
   */
  #offerRetry(outgoing, error) {
    const entry = this.log.entryOf(outgoing);
    if (!entry || this.log.isAnswered(entry)) return;
    outgoing.failed = true;
    const wait = waitMs(error);
    const failure = element("div", { class: "failure" }, element("p", {}, inPlainWords(error)));
    const again = () => {
      if (!failure.isConnected) return;
      failure.remove();
      this.log.number(entry, entry.order, null);
      void this.#deliver(outgoing);
    };
    if (wait !== null) {
      failure.append(element("p", {}, "Your message is then sent by itself."));
      setTimeout(again, wait);
    } else if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      failure.append(button("Change it", "choice", () => this.#takeBack(entry, outgoing)));
    } else {
      failure.append(button("Retry", "choice", () => {
        this.transcript.focus();
        again();
      }));
    }
    entry.element.append(failure);
    this.log.show(entry.element);
  }

  /**
   * Sending the same words again would fail again; the visitor changes them.
   *
   * @param {Entry} entry
   * @param {Outgoing} outgoing
   */
  #takeBack(entry, { text }) {
    this.transcript.remove(entry.element);
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.input.focus();
  }
}

/** crypto.randomUUID is missing where the page is served over plain http from another machine. */
function newMessageId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
