// @ts-check
/** The visitor's conversation with the server: opening it, following what is said in it, leaving it. */

/** @import { Credentials, Message } from "./api.js" */
/** @import { Entry } from "./log.js" */
/** @import { Transcript } from "./transcript.js" */

import {
  eraseConversation, followEvents, isGone, readHistory, sendFeedback, startConversation, waitMs,
} from "./api.js";
import { button } from "./elements.js";
import { isUnsent } from "./log.js";
import { storeCredentials, storedCredentials } from "./storage.js";
import { backoffMs, pageVisible, pause, pauseOffline } from "./waiting.js";
import { inPlainWords, WORDS } from "./words.js";

const STREAM_STEADY_MS = 10_000;

export class Conversation {
  /** @type {Credentials | null} */
  #credentials = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {AbortController | null} */
  #stream = null;
  #cursor = 0; // the last seq that history or stream delivered: those two leave nothing out, replies may
  /** @type {HTMLElement | null} */
  #trouble = null; // the note that the conversation could not be opened

  /**
   * @param {Transcript} transcript
   * @param {HTMLElement} status
   * @param {HTMLButtonElement} forgetButton
   */
  constructor(transcript, status, forgetButton) {
    this.transcript = transcript;
    this.status = status;
    this.forgetButton = forgetButton;
  }

  /** Null until the conversation is open, and once it was left. */
  get credentials() {
    return this.#credentials;
  }

  /* Opening */

  async openOrOfferRetry() {
    this.#removeTrouble();
    try {
      await this.ensureOpen();
    } catch (error) {
      this.#removeTrouble();
      const wait = waitMs(error);
      this.#trouble = this.transcript.note(inPlainWords(error), Infinity);
      if (wait === null) this.#trouble.append(button("Retry", "choice", () => void this.openOrOfferRetry()));
      else setTimeout(() => void this.openOrOfferRetry(), wait);
    }
  }

  ensureOpen() {
    if (this.#credentials) return Promise.resolve();
    this.#opening ??= this.transcript.whileTyping(() => this.#open()).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open() {
    const stored = storedCredentials();
    const credentials = (stored && (await this.#resume(stored))) ?? (await this.#start());
    this.forgetButton.disabled = false;
    this.#removeTrouble();
    void this.#follow(credentials);
  }

  /**
   * @param {Credentials} stored
   * @returns {Promise<Credentials | null>} null if that conversation is gone
   */
  async #resume(stored) {
    try {
      this.#enter(stored, await readHistory(stored));
      return stored;
    } catch (error) {
      if (!isGone(error)) throw error;
      storeCredentials(null);
      this.transcript.note(WORDS.gone, 0);
      return null;
    }
  }

  async #start() {
    const { credentials, messages } = await startConversation();
    storeCredentials(credentials);
    this.#enter(credentials, messages);
    return credentials;
  }

  /**
   * @param {Credentials} credentials
   * @param {Message[]} messages all of the conversation so far
   */
  #enter(credentials, messages) {
    this.#credentials = credentials;
    this.#cursor = Math.max(0, ...messages.map(({ seq }) => seq));
    this.transcript.show(messages, { live: false });
  }

  #removeTrouble() {
    this.transcript.remove(this.#trouble);
    this.#trouble = null;
  }

  /* Following */

  /** The stream comes back by itself, as soon as the page is looked at. */
  interruptStream() {
    this.#stream?.abort();
  }

  /** @param {Credentials} credentials */
  async #follow(credentials) {
    let failures = 0;
    while (this.#credentials === credentials) {
      await pageVisible();
      const began = performance.now();
      const error = await this.#readStream(credentials);
      if (this.#credentials !== credentials) return;
      if (isGone(error)) {
        this.leave(WORDS.gone, isUnsent);
        await this.openOrOfferRetry();
        return;
      }
      if (document.hidden) continue;
      failures = performance.now() - began > STREAM_STEADY_MS ? 1 : failures + 1;
      if (failures > 1) this.status.textContent = WORDS.reconnecting;
      const wait = waitMs(error);
      await (wait === null ? pauseOffline(backoffMs(failures)) : pause(wait));
    }
  }

  /**
   * @param {Credentials} credentials
   * @returns {Promise<unknown>} the error that ended the stream, null if the server ended it
   */
  async #readStream(credentials) {
    this.#stream = new AbortController();
    try {
      for await (const message of followEvents(credentials, this.#cursor, this.#stream)) {
        if (this.#credentials !== credentials) return null;
        if (message === null) this.status.textContent = "";
        else this.#receive(message);
      }
      return null;
    } catch (error) {
      return error;
    }
  }

  /** @param {Message} message */
  #receive(message) {
    this.#cursor = Math.max(this.#cursor, message.seq);
    this.transcript.show([message], { live: true });
  }

  /**
   * @param {Message} message
   * @param {boolean} helpful
   */
  async rate(message, helpful) {
    if (this.#credentials) await sendFeedback(this.#credentials, message.id, helpful);
  }

  /* Leaving */

  async forget() {
    const credentials = this.#credentials;
    if (!credentials) return;
    try {
      await eraseConversation(credentials);
    } catch (error) {
      if (!isGone(error)) {
        const note = this.transcript.note(`${WORDS.notForgotten} ${inPlainWords(error)}`, Infinity);
        this.transcript.log.show(note);
        return;
      }
    }
    if (this.#credentials === credentials) this.leave(WORDS.forgotten, () => false);
  }

  /**
   * @param {string} why
   * @param {(entry: Entry) => boolean} keep
   */
  leave(why, keep) {
    this.#credentials = null;
    this.#cursor = 0;
    storeCredentials(null);
    this.#stream?.abort();
    this.transcript.clear(keep, why);
    this.status.textContent = "";
    if (document.activeElement === this.forgetButton) this.transcript.focus();
    this.forgetButton.disabled = true;
  }
}
