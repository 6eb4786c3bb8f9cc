// @ts-check
/** What is said under the messages that the server has not answered yet. */

/** @import { Waiting } from "./store.js" */
/** @import { Entry } from "./thread.js" */
/** @import { Transcript } from "./transcript.js" */
/** @import { Words } from "./words.js" */

import { waitMs } from "./api.js";
import { inPlainWords } from "./words.js";

export class Undelivered {
  /** @type {Map<string, string>} what is said under a message that could not be sent, by its client's id */
  #failed = new Map();

  /**
   * @param {Transcript} transcript
   * @param {Words} words
   */
  constructor(transcript, words) {
    this.transcript = transcript;
    this.words = words;
  }

  /**
   * @param {Waiting} item
   * @param {unknown} error
   */
  failed({ clientMessageId }, error) {
    this.#failed.set(clientMessageId, waitMs(error) === null ? this.words.notSent : inPlainWords(error, this.words));
  }

  /** @param {Waiting} item */
  delivered({ clientMessageId }) {
    this.#failed.delete(clientMessageId);
  }

  clear() {
    this.#failed.clear();
  }

  /**
   * Makes what is shown agree with what waits.
   *
   * @param {readonly Waiting[]} outbox
   * @param {boolean} reached whether the server can be
   * @returns {boolean} whether an answer is on its way
   */
  show(outbox, reached) {
    const { transcript, words } = this;
    for (const item of outbox) {
      const { clientMessageId: id, refused } = item;
      transcript.showWaiting(item);
      const failed = this.#failed.get(id) ?? (reached ? undefined : words.notSent);
      if (refused !== undefined) transcript.say(id, refused || words.trouble, "change");
      else transcript.say(id, failed ?? words.sending, failed === undefined ? "" : "try");
    }
    const ids = new Set(outbox.map((each) => each.clientMessageId));
    for (const entry of transcript.thread.open) if (!ids.has(idOf(entry))) transcript.sentElsewhere(entry);
    return reached && outbox.some(({ clientMessageId: id, refused }) => refused === undefined && !this.#failed.has(id));
  }
}

/** @param {Entry} entry */
const idOf = (entry) => entry.waiting?.clientMessageId ?? "";
