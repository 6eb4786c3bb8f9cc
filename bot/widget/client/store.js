// @ts-check
/** What the browser keeps, under one key for a server, and what the page's tabs share by it. */

/** @import { Credentials } from "./api.js" */

/**
 * @typedef {object} Waiting what the visitor wrote and the server has not answered yet
 * @property {string} clientMessageId the same for every attempt, so that the message happens once
 * @property {string} text
 * @property {number} at milliseconds, when it was written
 * @property {string} [refused] why the server will not take it
 *
 * @typedef {object} State
 * @property {Credentials | null} credentials
 * @property {"" | "gone" | "forgotten"} left how the conversation before this one ended
 * @property {Waiting[]} outbox in the order of writing
 * @property {string[]} sent the ids last sent
 * @property {number} readTo the seq up to which the visitor has seen the messages
 * @property {number} usedAt milliseconds, of the visitor's last message
 */

const SENT_IDS_KEPT = 50;

/** @returns {State} */
const empty = () => ({ credentials: null, left: "", outbox: [], sent: [], readTo: 0, usedAt: 0 });

export class Store {
  /** @type {State} */
  #state;
  #works = true; // the last change could be written
  /** @type {Map<string, Waiting>} what this tab has put in and does not know to be sent */
  #own = new Map();

  /**
   * @param {string} key
   * @param {() => void} onChange called when another tab has changed it
   * @param {AbortSignal} life
   */
  constructor(key, onChange, life) {
    this.key = key;
    this.#state = this.#read() ?? empty();
    addEventListener("storage", (event) => {
      if (event.key !== null && event.key !== key) return;
      this.refresh();
      onChange();
    }, { signal: life });
  }

  /** @param {Waiting | undefined} item */
  wrote(item) {
    return item !== undefined && this.#own.has(item.clientMessageId);
  }

  /** Reads what other tabs have written. */
  refresh() {
    this.#state = this.#read() ?? (this.#works ? empty() : this.#state);
    this.#restoreOwn();
  }

  /** @returns {Readonly<State>} */
  get state() {
    return this.#state;
  }

  /** Whether the visitor had the last conversation erased, and has begun no other. */
  get isForgotten() {
    return this.#state.left === "forgotten" && !this.#state.credentials;
  }

  /** @param {(state: State) => void} change */
  update(change) {
    const state = (this.#works && this.#read()) || this.#state;
    change(state);
    this.#state = state;
    this.#write();
  }

  /** @param {Waiting} item */
  put(item) {
    this.#own.set(item.clientMessageId, item);
    this.update((state) => {
      state.outbox.push(item);
      state.usedAt = item.at;
    });
  }

  /** @param {string} id of a message that the server has answered, or that the visitor has taken back */
  remove(id) {
    this.#own.delete(id);
    this.update((state) => {
      state.outbox = state.outbox.filter((each) => each.clientMessageId !== id);
      state.sent = [...state.sent, id].slice(-SENT_IDS_KEPT);
    });
  }

  /** @param {"gone" | "forgotten"} why */
  leave(why) {
    if (why === "forgotten") this.#own.clear();
    this.update((state) => {
      state.credentials = null;
      state.left = why;
      state.readTo = 0;
      if (why === "forgotten") Object.assign(state, { outbox: [], sent: [], usedAt: 0 });
    });
  }

  /** Two tabs that write in the same moment overwrite each other; a message must not get lost by that. */
  #restoreOwn() {
    if (this.isForgotten) this.#own.clear();
    const known = new Set([...this.#state.outbox.map((each) => each.clientMessageId), ...this.#state.sent]);
    for (const id of this.#state.sent) this.#own.delete(id);
    const lost = [...this.#own.values()].filter((each) => !known.has(each.clientMessageId));
    if (lost.length === 0) return;
    this.update((state) => {
      state.outbox = [...state.outbox, ...lost].sort((one, other) => one.at - other.at);
    });
  }

  /** @returns {State | null} null if there is nothing, or nothing that can be read */
  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (!kept || typeof kept !== "object") return null;
      const { id, token } = kept.credentials ?? {};
      return {
        ...empty(),
        ...kept,
        credentials: typeof id === "string" && typeof token === "string" ? { id, token } : null,
        outbox: Array.isArray(kept.outbox) ? kept.outbox.filter(isWaiting) : [],
        sent: Array.isArray(kept.sent) ? kept.sent : [],
        readTo: Number(kept.readTo) || 0,
        usedAt: Number(kept.usedAt) || 0,
      };
    } catch {
      return null; // switched off or spoilt: the conversation then lasts until the page is left
    }
  }

  #write() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.#state));
      this.#works = true;
    } catch {
      this.#works = false;
    }
  }
}

/** @param {any} item */
const isWaiting = (item) => (
  typeof item?.clientMessageId === "string" && typeof item.text === "string" && Number.isFinite(item.at)
);

/**
 * Whether the panel was open in this tab, for the site's next page.
 *
 * @param {string} key
 */
export function wasOpen(key) {
  try {
    return sessionStorage.getItem(`${key}:open`) === "yes";
  } catch {
    return false;
  }
}

/**
 * @param {string} key
 * @param {boolean} open
 */
export function keepOpen(key, open) {
  try {
    if (open) sessionStorage.setItem(`${key}:open`, "yes");
    else sessionStorage.removeItem(`${key}:open`);
  } catch {
    // the panel is then closed on the next page
  }
}

/** crypto.randomUUID is missing where the page is served over plain http from another machine. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const [a, b, c, d] = crypto.getRandomValues(new Uint32Array(4));
  const hex = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d].map((part) => (part >>> 0).toString(16).padStart(8, "0"));
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
