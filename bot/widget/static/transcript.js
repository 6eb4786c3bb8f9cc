// @ts-check
/** The conversation as the visitor sees it: its messages, its notes, the dots of a reply that is awaited. */

/** @import { Message } from "./api.js" */
/** @import { Entry, Outgoing } from "./log.js" */

import { element } from "./elements.js";
import { Log } from "./log.js";
import { messageElement, useChoice } from "./message.js";

/**
 * @typedef {object} Parts
 * @property {HTMLElement} list
 * @property {HTMLElement} scroller
 * @property {HTMLElement} typing
 * @property {HTMLElement} starters
 *
 * @typedef {object} Actions
 * @property {(value: string) => void} choose
 * @property {(message: Message, helpful: boolean) => Promise<void>} rate rejects where it cannot be saved
 */

export class Transcript {
  #waiting = 0; // replies that the visitor is waiting for

  /**
   * @param {Parts} parts
   * @param {Actions} actions
   */
  constructor({ list, scroller, typing, starters }, actions) {
    this.scroller = scroller;
    this.typing = typing;
    this.starters = starters;
    this.actions = actions;
    this.log = new Log(list, scroller);
  }

  /** Takes the focus from a control that is about to go; the focus must not go with it. */
  focus() {
    this.scroller.focus({ preventScroll: true });
  }

  /**
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  async whileTyping(work) {
    this.#waiting += 1;
    this.typing.hidden = false;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
      this.typing.hidden = this.#waiting === 0;
    }
  }

  /** @param {Outgoing} outgoing */
  showOutgoing(outgoing) {
    const { text } = outgoing;
    const element = this.#element({ id: "", seq: 0, author: "visitor", text });
    this.log.add(element, Infinity, { outgoing });
    this.#useChoiceBefore(element, text);
    this.#refreshStarters();
    this.log.show(element);
  }

  /**
   * @param {Outgoing} outgoing
   * @param {Message[]} replies
   */
  showReplies(outgoing, replies) {
    const entry = this.log.entryOf(outgoing);
    // Until the server shows the visitor's message with its number, it stands right before its first reply.
    if (entry && !entry.message && replies.length > 0) this.log.number(entry, (replies[0].seq || Infinity) - 0.5, null);
    this.show(replies, { live: true });
  }

  /**
   * @param {Message[]} messages
   * @param {{live: boolean}} how
   */
  show(messages, { live }) {
    const follow = !live || this.#waiting > 0 || this.log.isAtEnd();
    const added = messages.map((message) => this.#place(message, live)).filter((each) => each !== null);
    const urgent = added.find((each) => each.classList.contains("urgent"));
    const target = live ? urgent ?? (follow ? added[0] : undefined) : added.at(-1);
    if (target) this.log.show(target);
    this.#refreshStarters();
  }

  /**
   * @param {string} text
   * @param {number} order
   */
  note(text, order) {
    const note = element("div", { class: "note" }, element("p", {}, text));
    this.log.add(note, order);
    return note;
  }

  /** @param {HTMLElement | null} element of a line of the log */
  remove(element) {
    this.log.keepOnly((entry) => entry.element !== element);
    this.#refreshStarters();
  }

  /**
   * @param {(entry: Entry) => boolean} keep
   * @param {string} why the rest is gone
   */
  clear(keep, why) {
    this.log.keepOnly(keep);
    this.note(why, 0);
    this.#refreshStarters();
  }

  /**
   * @param {Message} message
   * @param {boolean} live
   * @returns {HTMLElement | null} null if it was there already
   */
  #place(message, live) {
    if (this.log.has(message)) return null;
    const own = message.author === "visitor" ? this.log.unnumbered(message) : null;
    if (own) {
      this.log.number(own, message.seq, message);
      return null;
    }
    const element = this.#element(message);
    if (live && element.classList.contains("urgent")) element.setAttribute("role", "alert");
    this.log.add(element, message.seq || Infinity, { message });
    if (message.author === "visitor") this.#useChoiceBefore(element, message.text);
    else this.#withdrawFailures();
    return element;
  }

  /** @param {Message} message */
  #element(message) {
    return messageElement(message, {
      choose: (value) => this.actions.choose(value),
      rate: (helpful) => this.actions.rate(message, helpful),
    });
  }

  /** An answer may come by the stream though its request failed. */
  #withdrawFailures() {
    for (const entry of this.log.entries) {
      if (!entry.outgoing?.failed || !this.log.isAnswered(entry)) continue;
      entry.outgoing.failed = false;
      entry.element.querySelector(".failure")?.remove();
    }
  }

  /**
   * After a reload, too, a button that was used stays used.
   *
   * @param {HTMLElement} said
   * @param {string} text
   */
  #useChoiceBefore(said, text) {
    /** @type {HTMLButtonElement[]} */
    const offers = Array.from(this.log.list.querySelectorAll(".choices button:enabled"));
    const before = offers.filter((offer) => said.compareDocumentPosition(offer) & Node.DOCUMENT_POSITION_PRECEDING);
    const group = before.findLast((offer) => offer.value === text)?.parentElement;
    if (group) useChoice(group, text);
  }

  #refreshStarters() {
    this.starters.hidden = this.log.hasVisitor();
  }
}
