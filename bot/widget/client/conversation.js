// @ts-check
/** The visitor's conversation with the server: opening it, following what is said in it, leaving it. */

/** @import { Credentials, Message, Server } from "./api.js" */
/** @import { Store } from "./store.js" */

import { isGone, waitMs } from "./api.js";
import { alone, backoffMs, pause, pauseOffline } from "./waiting.js";

const STREAM_STEADY_MS = 10_000;

/**
 * @typedef {object} Ears what the conversation tells
 * @property {(messages: Message[], isNew: boolean) => void} entered all of the conversation so far
 * @property {(message: Message) => void} received
 * @property {(why: "gone" | "forgotten") => void} left
 * @property {(reached: boolean) => void} reached whether the server could be reached
 */

export class Conversation {
  /** @type {Credentials | null} */
  #credentials = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {AbortController | null} */
  #stream = null;
  #cursor = 0; // the last seq that history or stream delivered: those two leave nothing out, replies may
  #retry = new AbortController();
  #insisting = false;

  /**
   * @param {Server} server
   * @param {Store} store
   * @param {Ears} ears
   * @param {AbortSignal} life
   */
  constructor(server, store, ears, life) {
    this.server = server;
    this.store = store;
    this.ears = ears;
    this.life = life;
    const interrupt = () => this.#stream?.abort();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) interrupt();
    }, { signal: life });
    addEventListener("pagehide", interrupt, { signal: life });
    life.addEventListener("abort", () => {
      interrupt();
      this.hurry();
    });
  }

  /** Null until the conversation is open, and once it was left. */
  get credentials() {
    return this.#credentials;
  }

  /**
   * Opens the conversation that the browser keeps, else a new one.
   *
   * @returns {Promise<void>} rejects with an ApiError
   */
  ensureOpen() {
    if (this.#credentials) return Promise.resolve();
    this.#opening ??= alone(`${this.store.key}:open`, () => this.#open()).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Opens it, however long that takes, unless the visitor has it erased meanwhile. */
  async insist() {
    if (this.#insisting) return;
    this.#insisting = true;
    const isNewBeginning = this.store.isForgotten;
    for (let failures = 1; !this.life.aborted && (isNewBeginning || !this.store.isForgotten); failures += 1) {
      const error = await this.ensureOpen().catch((fault) => fault);
      if (!error) break;
      this.ears.reached(false);
      await pauseOffline(waitMs(error) ?? backoffMs(failures), this.#retry.signal);
    }
    this.#insisting = false;
  }

  /** Tries again now, not after a pause. */
  hurry() {
    this.#retry.abort();
    this.#retry = new AbortController();
  }

  /** Another tab may have started a conversation, or left it. */
  adopt() {
    const { credentials, left } = this.store.state;
    if (!this.#credentials || credentials?.id === this.#credentials.id) return;
    this.#drop(left || "gone");
  }

  async #open() {
    const stored = this.store.state.credentials;
    const credentials = (stored && (await this.#resume(stored))) ?? (await this.#start());
    this.ears.reached(true);
    if (!this.life.aborted) void this.#follow(credentials);
  }

  /**
   * @param {Credentials} stored
   * @returns {Promise<Credentials | null>} null if that conversation is gone
   */
  async #resume(stored) {
    try {
      this.#enter(stored, await this.server.history(stored), false);
      return stored;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.store.leave("gone");
      this.ears.left("gone");
      return null;
    }
  }

  async #start() {
    const { credentials, messages } = await this.server.start();
    this.store.update((state) => {
      state.credentials = credentials;
    });
    this.#enter(credentials, messages, true);
    return credentials;
  }

  /**
   * @param {Credentials} credentials
   * @param {Message[]} messages
   * @param {boolean} isNew
   */
  #enter(credentials, messages, isNew) {
    this.#credentials = credentials;
    this.#cursor = messages.reduce((last, { seq }) => Math.max(last, seq), 0);
    this.ears.entered(messages, isNew);
  }

  /* Following */

  /** @param {Credentials} credentials */
  async #follow(credentials) {
    let failures = 0;
    while (this.#credentials === credentials && !this.life.aborted) {
      await this.#pageVisible();
      const began = performance.now();
      const error = await this.#readStream(credentials);
      if (this.#credentials !== credentials || this.life.aborted) return;
      if (isGone(error)) {
        this.leave(credentials, "gone");
        return;
      }
      if (document.hidden) continue;
      failures = performance.now() - began > STREAM_STEADY_MS ? 1 : failures + 1;
      if (failures > 1) this.ears.reached(false);
      const wait = waitMs(error);
      await (wait === null ? pauseOffline(backoffMs(failures), this.#retry.signal) : pause(wait, this.life));
    }
  }

  /** A page that nobody looks at needs no stream; what it missed comes when it is looked at again. */
  async #pageVisible() {
    if (!document.hidden) return;
    await new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true, signal: this.life });
      this.life.addEventListener("abort", resolve);
    });
  }

  /**
   * @param {Credentials} credentials
   * @returns {Promise<unknown>} the error that ended the stream, null if the server ended it
   */
  async #readStream(credentials) {
    this.#stream = new AbortController();
    try {
      for await (const message of this.server.follow(credentials, this.#cursor, this.#stream)) {
        if (this.#credentials !== credentials) return null;
        if (message === null) {
          this.ears.reached(true);
        } else {
          this.#cursor = Math.max(this.#cursor, message.seq);
          this.ears.received(message);
        }
      }
      return null;
    } catch (error) {
      return error;
    }
  }

  /* Leaving */

  /** Erases the conversation on the server and here. Rejects with an ApiError where it cannot be erased. */
  async forget() {
    if (this.store.state.credentials) await this.ensureOpen();
    const credentials = this.#credentials;
    if (!credentials) return;
    try {
      await this.server.erase(credentials);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    this.leave(credentials, "forgotten");
  }

  /**
   * @param {Credentials} credentials of the conversation that is no more
   * @param {"gone" | "forgotten"} why
   */
  leave(credentials, why) {
    if (this.store.state.credentials?.id === credentials.id) this.store.leave(why);
    if (this.#credentials?.id === credentials.id) this.#drop(why);
  }

  /** @param {"gone" | "forgotten"} why */
  #drop(why) {
    this.#credentials = null;
    this.#cursor = 0;
    this.#stream?.abort();
    this.ears.left(why);
  }
}
