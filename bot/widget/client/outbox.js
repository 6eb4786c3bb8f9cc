// @ts-check
/**
 * Sends what the visitor wrote: once, in order, whenever the server can be reached. One tab at a time does so for all.
 *
 * A message follows the one before it as soon as that has arrived at the server, not only when it is answered: an emergency
 * must not wait behind an answer that takes long.
 */

/** @import { Message, Server } from "./api.js" */
/** @import { Conversation } from "./conversation.js" */
/** @import { Store, Waiting } from "./store.js" */

import { isGone, isRefused, waitMs } from "./api.js";
import { alone, backoffMs, pause, pauseOffline } from "./waiting.js";

const ARRIVED_MS = 3_000; // a request that has not failed by then has arrived, as far as one can tell
const HANDED_OVER_MS = 200;

/**
 * @typedef {object} OutboxEars
 * @property {(item: Waiting, replies: Message[]) => void} answered
 * @property {(item: Waiting, error: unknown, failures: number) => void} failed it is tried again
 * @property {() => void} changed what is being sent, or waits
 */

export class Outbox {
  /** @type {Map<string, () => void>} what is on its way, with what to call once it has arrived */
  #underway = new Map();
  /** @type {Promise<void> | null} */
  #draining = null;
  #failures = 0;
  #hold = 0; // milliseconds to pause before the next attempt
  /** @type {Map<string, number>} what the server wants to have later, and when; what is written after it is tried at once,
   * for the server answers an emergency however many messages there are */
  #later = new Map();
  #wake = new AbortController();

  /**
   * @param {Server} server
   * @param {Store} store
   * @param {Conversation} conversation
   * @param {OutboxEars} ears
   * @param {AbortSignal} life
   */
  constructor(server, store, conversation, ears, life) {
    this.server = server;
    this.store = store;
    this.conversation = conversation;
    this.ears = ears;
    this.life = life;
    life.addEventListener("abort", () => this.hurry());
  }

  /** Sends what waits; does nothing if that is being done. */
  drain() {
    if (!this.#waiting().length) return;
    if (this.#draining) this.hurry();
    this.#draining ??= alone(`${this.store.key}:outbox`, async () => {
      // Another tab's message is that tab's to send, while it is there; and what a tab has done reaches this one's storage
      // a moment after the lock.
      if (!this.store.wrote(this.#waiting()[0])) await pause(HANDED_OVER_MS, this.life);
      this.store.refresh();
      await this.#drain();
    }).finally(() => {
      this.#draining = null;
      if (!this.life.aborted) this.drain(); // what was put in at the last moment
    });
  }

  /** Tries again now, not after the pause. */
  hurry() {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** @param {string} clientMessageId of a message that the server has shown back */
  arrived(clientMessageId) {
    this.#underway.get(clientMessageId)?.();
  }

  #waiting() {
    return this.store.state.outbox.filter((each) => each.refused === undefined);
  }

  async #drain() {
    while (!this.life.aborted && this.#waiting().length > 0) {
      const now = performance.now();
      const next = this.#waiting().find(({ clientMessageId: id }) => !this.#underway.has(id) && (this.#later.get(id) ?? 0) <= now);
      if (!next) {
        const soonest = Math.min(now + ARRIVED_MS, ...this.#later.values());
        await pause(Math.max(soonest - now, 50), this.#wake.signal); // woken by whatever changes
      } else if (this.#hold > 0) {
        const ms = this.#hold;
        this.#hold = 0;
        await pauseOffline(ms, this.#wake.signal);
      } else {
        this.#later.delete(next.clientMessageId);
        await this.#sendUntilArrived(next);
      }
    }
  }

  /** @param {Waiting} item */
  #sendUntilArrived(item) {
    return new Promise((resolve) => {
      const arrived = () => resolve(undefined);
      this.#underway.set(item.clientMessageId, arrived);
      this.ears.changed();
      void pause(ARRIVED_MS, this.life).then(arrived);
      void this.#attempt(item).finally(() => {
        this.#underway.delete(item.clientMessageId);
        this.ears.changed();
        this.hurry();
        arrived();
      });
    });
  }

  /** @param {Waiting} item */
  async #attempt(item) {
    try {
      await this.conversation.ensureOpen();
      const { credentials } = this.conversation;
      if (!credentials) return; // forgotten in the meantime, and so is the message
      const replies = await this.server.send(credentials, item).catch((error) => {
        if (isGone(error)) this.conversation.leave(credentials, "gone");
        throw error;
      });
      this.#failures = 0;
      this.store.remove(item.clientMessageId);
      if (this.conversation.credentials?.id === credentials.id) this.ears.answered(item, replies);
    } catch (error) {
      this.#failed(item, error);
    }
  }

  /**
   * @param {Waiting} item
   * @param {unknown} error
   */
  #failed(item, error) {
    if (isRefused(error)) {
      this.store.update((state) => {
        const kept = state.outbox.find((each) => each.clientMessageId === item.clientMessageId);
        if (kept) kept.refused = error instanceof Error ? error.message : "";
      });
      return;
    }
    const wait = waitMs(error);
    if (wait === null) {
      this.#failures += 1;
      // A conversation that is gone is followed by a new one at once, but not again and again.
      this.#hold = isGone(error) && this.#failures === 1 ? 0 : backoffMs(this.#failures);
    } else {
      this.#later.set(item.clientMessageId, performance.now() + wait);
    }
    if (!isGone(error)) this.ears.failed(item, error, this.#failures);
  }
}
