// @ts-check
/**
 * The conversation as the visitor sees it. What was there when it was opened stands before the log, so that a screen reader
 * says only what is new; of a long conversation, the last part is made first.
 */

/** @import { Message } from "./api.js" */
/** @import { Surroundings } from "./message.js" */
/** @import { Panel } from "./panel.js" */
/** @import { Waiting } from "./store.js" */
/** @import { Entry } from "./thread.js" */

import { button, element, safely } from "./elements.js";
import { isUrgent, messageElement, useChoice } from "./message.js";
import { Scrolling } from "./scrolling.js";
import { asMessage, separators } from "./separators.js";
import { Thread } from "./thread.js";

const SHOWN_AT_ONCE = 50;

/**
 * @typedef {object} WaitingActions
 * @property {() => void} tryNow
 * @property {(item: Waiting) => void} takeBack
 */

export class Transcript {
  thread = new Thread();
  #firstShown = 0; // entries before it are made when they are asked for

  /**
   * @param {Panel} panel
   * @param {Surroundings} around
   * @param {WaitingActions} actions
   */
  constructor(panel, around, actions) {
    this.panel = panel;
    this.around = around;
    this.actions = actions;
    panel.more.addEventListener("click", safely(() => {
      const focused = this.#showEarlier();
      focused?.focus({ preventScroll: true });
    }));
    this.scrolling = new Scrolling(panel, () => this.#showEarlier());
  }

  /**
   * @param {Message[]} messages all of the conversation so far
   * @param {boolean} live whether a screen reader should say them
   */
  enter(messages, live) {
    for (const message of messages) if (!this.thread.has(message)) this.thread.add(orderOf(message), { message });
    this.#firstShown = Math.max(0, this.thread.entries.length - SHOWN_AT_ONCE);
    for (const entry of this.thread.entries.slice(this.#firstShown)) if (!entry.element) this.#show(entry, live);
    for (const entry of this.thread.open) this.#separate(entry);
    this.panel.more.hidden = this.#firstShown === 0;
    this.scrolling.toEnd();
  }

  /**
   * @param {Message[]} messages
   * @returns {Message[]} those that are new
   */
  receive(messages) {
    const follow = this.scrolling.isAtEnd;
    const added = messages.filter((message) => this.#place(message));
    const urgent = added.find(isUrgent);
    const first = urgent ?? added[0];
    const target = first && this.thread.entries.find((each) => each.message === first)?.element;
    if (target) this.scrolling.show(target, follow || urgent !== undefined);
    return added;
  }

  /** @param {Waiting} item */
  showWaiting(item) {
    if (this.thread.entryOf(item.clientMessageId)) return;
    this.#show(this.thread.add(Infinity, { waiting: item }), true);
    this.#useChoices();
    this.scrolling.toEnd();
  }

  /**
   * @param {Waiting} item
   * @param {Message[]} replies
   */
  answered({ clientMessageId, text }, replies) {
    const entry = this.thread.entryOf(clientMessageId);
    const order = (replies[0]?.seq || Infinity) - 0.5;
    if (entry && !entry.message) {
      // Until the server shows the visitor's message with its number, it stands right before its first reply.
      if (this.thread.unclaimed(text, order)) this.thread.keepOnly((each) => each !== entry);
      else this.#move(entry, order, null);
    }
    if (entry) this.say(clientMessageId, "");
    return this.receive(replies);
  }

  /**
   * What is said under a message that waits; empty: nothing.
   *
   * @param {string} clientMessageId
   * @param {string} text
   * @param {"" | "try" | "change"} [offer]
   */
  say(clientMessageId, text, offer = "") {
    const entry = this.thread.entryOf(clientMessageId);
    const place = entry?.element?.querySelector(".state");
    if (!entry?.waiting || !(place instanceof HTMLElement)) return;
    const { waiting } = entry;
    const { words } = this.around;
    if (place.dataset.said === text + offer) return;
    place.dataset.said = text + offer;
    place.replaceChildren(text);
    place.classList.toggle("failure", offer !== "");
    if (offer === "try") place.append(button(words.tryNow, "small", () => this.actions.tryNow()));
    if (offer === "change") place.append(button(words.change, "small", () => this.actions.takeBack(waiting)));
  }

  /**
   * A message is no more in the outbox: another tab has sent it.
   *
   * @param {Entry} entry
   */
  sentElsewhere({ order, waiting }) {
    if (!waiting || order !== Infinity) return;
    const shown = this.thread.unclaimed(waiting.text, Infinity);
    if (shown) this.withdraw(waiting);
    else this.say(waiting.clientMessageId, "");
  }

  /** @param {Waiting} item that is not to be shown any more */
  withdraw({ clientMessageId }) {
    this.thread.keepOnly((each) => each.waiting?.clientMessageId !== clientMessageId);
  }

  /**
   * @param {string} text
   * @param {number} order
   */
  note(text, order) {
    this.#show(this.thread.add(order, { note: text }), true);
  }

  /**
   * @param {(entry: Entry) => boolean} keep
   * @param {string} why the rest is gone
   */
  clear(keep, why) {
    this.thread.keepOnly(keep);
    this.#firstShown = 0;
    this.panel.more.hidden = true;
    this.panel.jump.hidden = true;
    this.note(why, 0);
  }

  /**
   * @param {Message} message
   * @returns {boolean} false if it was there already
   */
  #place(message) {
    if (this.thread.has(message)) return false;
    const own = message.author === "visitor" ? this.thread.unnumbered(message) : null;
    if (own?.waiting) {
      this.#move(own, orderOf(message), message);
      return false;
    }
    this.#show(this.thread.add(orderOf(message), { message }), true);
    if (message.author === "visitor") this.#useChoices();
    return true;
  }

  /**
   * @param {Entry} entry
   * @param {number} order
   * @param {Message | null} message
   */
  #move(entry, order, message) {
    this.thread.number(entry, order, message);
    if (entry.element) this.#insert(entry, entry.element, true);
  }

  /* Making */

  /**
   * @param {Entry} entry
   * @param {boolean} live
   */
  #show(entry, live) {
    const made = element("div", { class: "entry" }, ...separators(entry, this.thread, this.around), this.#content(entry));
    if (live && entry.message && isUrgent(entry.message)) made.setAttribute("role", "alert");
    this.#insert(entry, made, live);
    entry.element = made;
    const chosen = this.thread.choiceOf(entry);
    if (chosen !== null) useChoice(made, chosen);
  }

  /** @param {Entry} entry that others have come before */
  #separate(entry) {
    const { element: shown } = entry;
    const before = separators(entry, this.thread, this.around);
    if (shown?.lastChild && shown.childElementCount > before.length + 1) shown.replaceChildren(...before, shown.lastChild);
  }

  /** @param {Entry} entry */
  #content(entry) {
    if (entry.message) return messageElement(entry.message, this.around);
    if (entry.waiting) return messageElement(asMessage(entry.waiting), this.around);
    return element("p", { class: "note" }, entry.note);
  }

  /**
   * @param {Entry} entry
   * @param {HTMLElement} made
   * @param {boolean} live
   */
  #insert(entry, made, live) {
    const { entries } = this.thread;
    const next = entries.slice(entries.indexOf(entry) + 1).find((each) => each.element?.isConnected)?.element ?? null;
    const list = live ? next?.parentElement ?? this.panel.log : this.panel.earlier;
    const anchor = next?.parentElement === list ? next : null;
    // Moving an element that is in its place would make a screen reader say it again.
    if (made.parentNode !== list || made.nextElementSibling !== anchor) list.insertBefore(made, anchor);
  }

  /** @returns {HTMLElement | null} the last of those that were made */
  #showEarlier() {
    if (this.#firstShown === 0) return null;
    const end = this.#firstShown;
    this.#firstShown = Math.max(0, end - SHOWN_AT_ONCE);
    this.scrolling.keepInPlace(() => {
      // From the last to the first, so that each finds the one after it.
      for (const entry of this.thread.entries.slice(this.#firstShown, end).reverse()) this.#show(entry, false);
      this.panel.more.hidden = this.#firstShown === 0;
    });
    const last = this.thread.entries[end - 1].element;
    last?.setAttribute("tabindex", "-1");
    return last;
  }

  #useChoices() {
    for (const entry of this.thread.entries) {
      const chosen = entry.element && entry.message?.buttons?.length ? this.thread.choiceOf(entry) : null;
      if (chosen !== null && entry.element) useChoice(entry.element, chosen);
    }
  }
}

/** @param {Message} message */
const orderOf = (message) => message.seq || Infinity;
