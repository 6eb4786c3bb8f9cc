// @ts-check
/** The log: what was said, in the server's order, each message once. */

/** @import { Message } from "./api.js" */

/**
 * @typedef {object} Entry a line of the log; `order` is its seq, or Infinity until the server has numbered it
 * @property {HTMLElement} element
 * @property {number} order
 * @property {Message | null} message
 * @property {Outgoing | null} outgoing
 *
 * @typedef {object} Outgoing what the visitor wrote, until the server has shown it back with its number
 * @property {string} text
 * @property {string} clientMessageId the same for every attempt, so that the message happens once
 * @property {boolean} failed the last attempt did; the visitor can send it again
 */

export class Log {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} scroller
   */
  constructor(list, scroller) {
    this.list = list;
    this.scroller = scroller;
    /** @type {Entry[]} */
    this.entries = [];
  }

  /** @param {Message} message */
  has(message) {
    return this.entries.some((entry) => entry.message?.id === message.id);
  }

  /**
   * @param {HTMLElement} element
   * @param {number} order
   * @param {{message?: Message, outgoing?: Outgoing}} what
   */
  add(element, order, { message, outgoing } = {}) {
    this.#place({ element, order, message: message ?? null, outgoing: outgoing ?? null });
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
    this.#place({ ...entry, order, message: message ?? entry.message });
  }

  /** @param {Outgoing} outgoing */
  entryOf(outgoing) {
    return this.entries.find((entry) => entry.outgoing === outgoing) ?? null;
  }

  /**
   * The line of this page that a visitor's message of the server belongs to; the server may have tidied white space.
   *
   * @param {Message} message
   */
  unnumbered(message) {
    const text = withoutSpace(message.text);
    const open = this.entries.filter((each) => each.outgoing && !each.message);
    const same = open.filter((each) => withoutSpace(each.outgoing?.text ?? "") === text);
    return same.find((each) => !each.outgoing?.failed) ?? same[0] ?? null;
  }

  /** @param {Entry} entry */
  isAnswered({ message }) {
    return message !== null && this.entries.some((each) => isReply(each.message) && each.order > message.seq);
  }

  hasVisitor() {
    return this.entries.some((each) => each.outgoing || each.message?.author === "visitor");
  }

  /** @param {(entry: Entry) => boolean} keep */
  keepOnly(keep) {
    for (const entry of this.entries) if (!keep(entry)) entry.element.remove();
    this.entries = this.entries.filter(keep);
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  /**
   * Shows an element from its beginning, so that a long answer is read from the top.
   *
   * @param {HTMLElement} element
   */
  show(element) {
    const top = element.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.scroller.scrollTop += top - 12;
  }

  /** @param {Entry} entry */
  #place(entry) {
    const index = this.entries.findIndex((each) => each.order > entry.order);
    const next = index < 0 ? null : this.entries[index].element;
    this.entries.splice(index < 0 ? this.entries.length : index, 0, entry);
    // Moving an element that is in its place would make a screen reader say it again.
    if (entry.element.parentNode !== this.list || entry.element.nextElementSibling !== next) {
      this.list.insertBefore(entry.element, next);
    }
  }
}

/** @param {string} text */
const withoutSpace = (text) => text.normalize("NFKC").replace(/\s+/g, "");

/** @param {Entry} entry */
export const isUnsent = ({ outgoing, order }) => outgoing !== null && order === Infinity;

/** @param {Message | null} message */
const isReply = (message) => message !== null && message.author !== "visitor";
