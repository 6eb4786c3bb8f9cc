// @ts-check
/** What was said, in the server's order, each message once. Knows nothing of the page. */

/** @import { Message } from "./api.js" */
/** @import { Waiting } from "./store.js" */

/**
 * @typedef {object} Entry
 * @property {number} order the message's seq, or Infinity until the server has numbered it
 * @property {Message | null} message
 * @property {Waiting | null} waiting what this or another tab sends
 * @property {string} note what the chat itself says
 * @property {HTMLElement | null} element while it is shown
 */

export class Thread {
  /** @type {Entry[]} */
  entries = [];
  /** @type {Map<string, Entry>} */
  #byId = new Map();

  /** @param {Message} message */
  has(message) {
    return this.#byId.has(message.id);
  }

  /**
   * @param {number} order
   * @param {{message?: Message, waiting?: Waiting, note?: string}} what
   * @returns {Entry}
   */
  add(order, { message, waiting, note }) {
    /** @type {Entry} */
    const entry = { order, message: message ?? null, waiting: waiting ?? null, note: note ?? "", element: null };
    this.#insert(entry);
    return entry;
  }

  /**
   * The server has numbered what was sent from here.
   *
   * @param {Entry} entry
   * @param {number} order
   * @param {Message | null} message
   */
  number(entry, order, message) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    entry.order = order;
    entry.message = message ?? entry.message;
    this.#insert(entry);
  }

  /** @param {string} clientMessageId */
  entryOf(clientMessageId) {
    return this.entries.find((entry) => entry.waiting?.clientMessageId === clientMessageId) ?? null;
  }

  /** Those that the server has not shown back yet. */
  get open() {
    return this.entries.filter((each) => each.waiting && !each.message);
  }

  /** Those from here that the server has shown back. */
  get claimed() {
    return this.entries.filter((each) => each.waiting && each.message);
  }

  /**
   * The line that a visitor's message of the server belongs to; the server may have tidied white space.
   *
   * @param {Message} message
   */
  unnumbered(message) {
    return this.open.find((each) => sameWords(each.waiting?.text ?? "", message.text)) ?? null;
  }

  /**
   * A visitor's message of the server that says the same, right before an order, and that no line here has claimed.
   *
   * @param {string} text
   * @param {number} before
   */
  unclaimed(text, before) {
    const said = this.entries.filter((each) => each.order < before && each.message?.author === "visitor").at(-1);
    return said && !said.waiting && sameWords(said.message?.text ?? "", text) ? said : null;
  }

  /**
   * The choice that the visitor took of those that a message offered, after a reload, too; null if none.
   *
   * @param {Entry} entry
   */
  choiceOf(entry) {
    const values = entry.message?.buttons?.map(({ value }) => value) ?? [];
    if (values.length === 0) return null;
    for (const { message, waiting } of this.entries.slice(this.entries.indexOf(entry) + 1)) {
      const said = message?.author === "visitor" ? message.text : waiting?.text;
      const chosen = said && values.find((value) => sameWords(value, said));
      if (chosen) return chosen;
    }
    return null;
  }

  /** @param {Entry} entry */
  before(entry) {
    const index = this.entries.indexOf(entry);
    return this.entries.slice(0, index).findLast((each) => each.message ?? each.waiting) ?? null;
  }

  /** @param {Entry} entry */
  otherSideBefore(entry) {
    const before = this.entries.slice(0, this.entries.indexOf(entry));
    return before.findLast(({ message }) => message && message.author !== "visitor")?.message ?? null;
  }

  /** The last message of the other side, if the visitor has not answered it. */
  get asked() {
    const last = this.entries.findLast((each) => each.message ?? each.waiting);
    return last?.message && last.message.author !== "visitor" ? last.message : null;
  }

  hasVisitor() {
    return this.entries.some((each) => each.waiting || each.message?.author === "visitor");
  }

  get lastSeq() {
    return this.entries.findLast((each) => each.message && Number.isFinite(each.order))?.message?.seq ?? 0;
  }

  get messages() {
    return this.entries.flatMap((each) => each.message ?? []);
  }

  /** @param {(entry: Entry) => boolean} keep */
  keepOnly(keep) {
    for (const entry of this.entries) {
      if (keep(entry)) continue;
      entry.element?.remove();
      if (entry.message) this.#byId.delete(entry.message.id);
    }
    this.entries = this.entries.filter(keep);
  }

  /** @param {Entry} entry */
  #insert(entry) {
    if (entry.message) this.#byId.set(entry.message.id, entry);
    const last = this.entries.at(-1);
    const index = !last || last.order <= entry.order ? -1 : this.entries.findIndex((each) => each.order > entry.order);
    this.entries.splice(index < 0 ? this.entries.length : index, 0, entry);
  }
}

/**
 * @param {string} one
 * @param {string} other
 */
export const sameWords = (one, other) => withoutSpace(one) === withoutSpace(other);

/** @param {string} text */
const withoutSpace = (text) => text.normalize("NFKC").replace(/\s+/g, "");
