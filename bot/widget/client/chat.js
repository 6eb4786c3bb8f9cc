// @ts-check
/** The chat behind the panel: joins the conversation, the outbox and what the visitor sees. */

/** @import { Message } from "./api.js" */
/** @import { Waiting } from "./store.js" */
/** @import { Clinic } from "./text.js" */
/** @import { Words } from "./words.js" */

import { ApiError, Server, waitMs } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { downloadTranscript } from "./download.js";
import { button, safely, save } from "./elements.js";
import { isUrgent } from "./message.js";
import { Outbox } from "./outbox.js";
import { Panel } from "./panel.js";
import { PhoneDialog } from "./phone.js";
import { newId, Store } from "./store.js";
import { Transcript } from "./transcript.js";
import { Undelivered } from "./undelivered.js";
import { inPlainWords } from "./words.js";

const RECENTLY_MS = 86_400_000; // a closed chat listens for late replies for so long after the visitor's last message
const FAILURES_BEFORE_TROUBLE = 2; // one request may fail where the next one does not

/**
 * @typedef {object} ChatOptions
 * @property {string} base
 * @property {Words} words
 * @property {string} language
 * @property {Clinic} clinic
 * @property {{text: string, lang: string}[]} emergency
 * @property {string} name whose chat it is
 * @property {string} title the same in a sentence
 * @property {string} privacyUrl
 * @property {string[]} starters
 * @property {string} startersLanguage
 * @property {AbortSignal} life
 * @property {() => void} onClose
 * @property {() => void} onUrgent a message that may save a life has come while the panel was closed
 * @property {(count: number) => void} onUnread
 * @property {(type: string, detail: object) => void} emit
 */

export class Chat {
  #open = false;
  /** @type {boolean | null} */
  #reached = null;

  /** @param {ChatOptions} options */
  constructor(options) {
    const { base, words, language, clinic, life } = options;
    this.options = options;
    this.server = new Server(base);
    this.store = new Store(`clinic-chat:${base}`, safely(() => this.#changedElsewhere()), life);
    this.conversation = new Conversation(this.server, this.store, {
      entered: (messages, isNew) => this.#entered(messages, isNew),
      received: (message) => this.#heard(this.transcript.receive([message])),
      left: (why) => this.#left(why),
      reached: (reached) => this.#setReached(reached),
    }, life);
    this.outbox = new Outbox(this.server, this.store, this.conversation, {
      answered: (item, replies) => this.#answered(item, replies),
      failed: (item, error, failures) => this.#failed(item, error, failures),
      changed: () => this.#refresh(),
    }, life);
    this.composer = new Composer(words, (text) => this.send(text));
    this.phone = new PhoneDialog(words, () => this.#phoneCode());
    this.panel = new Panel({
      ...options,
      composer: this.composer,
      phone: this.phone,
      onDownload: () => downloadTranscript(this.transcript.thread.messages, clinic.name, words, language),
      onForget: safely(() => this.#forget()),
      onRetry: () => this.#tryNow(),
    });
    const actions = {
      choose: (/** @type {string} */ value) => this.#choose(value),
      rate: (/** @type {Message} */ { id }, /** @type {{helpful: boolean, comment?: string}} */ rating) => this.#rate(id, rating),
      calendar: (/** @type {string} */ reference) => this.#calendar(reference),
    };
    this.transcript = new Transcript(this.panel, { words, language, clinic, actions }, {
      tryNow: () => this.#tryNow(),
      takeBack: (item) => this.#takeBack(item),
    });
    this.undelivered = new Undelivered(this.transcript, words);
    for (const question of options.starters) {
      const made = button(question, "choice", () => this.#choose(question));
      made.lang = options.startersLanguage;
      this.panel.starters.append(made);
    }
    addEventListener("offline", safely(() => this.#setReached(false)), { signal: life });
    addEventListener("online", safely(() => this.#tryNow()), { signal: life });
    this.#refresh();
    const { credentials, usedAt, outbox } = this.store.state;
    if (outbox.length > 0 || (credentials && Date.now() - usedAt < RECENTLY_MS)) void this.conversation.insist();
  }

  /** @param {boolean} open whether the panel is */
  set open(open) {
    this.#open = open;
    if (!open) return;
    this.transcript.scrolling.toEnd();
    this.#read();
    void this.conversation.insist();
  }

  /** @param {string} text */
  send(text) {
    const said = text.trim();
    if (!said) return;
    const item = { clientMessageId: newId(), text: said, at: Date.now() };
    this.store.put(item);
    this.transcript.showWaiting(item);
    this.outbox.drain();
    this.#refresh();
  }

  /* What the visitor does */

  /** @param {string} value */
  #choose(value) {
    // The button is about to go; the focus must not go with it. In the field, a telephone would show its keyboard.
    if (this.composer.isTouch) this.panel.scroller.focus({ preventScroll: true });
    else this.composer.focus();
    this.send(value);
  }

  #tryNow() {
    this.conversation.hurry();
    this.outbox.hurry();
    this.outbox.drain();
    if (this.#open && !this.store.isForgotten) void this.conversation.insist();
  }

  /** @param {Waiting} item that the server will not take as it is */
  #takeBack(item) {
    this.transcript.withdraw(item);
    this.store.remove(item.clientMessageId);
    this.composer.takeBack(item.text);
    this.#refresh();
  }

  /**
   * @param {string} messageId
   * @param {{helpful: boolean, comment?: string}} rating
   */
  async #rate(messageId, rating) {
    if (this.conversation.credentials) await this.server.rate(this.conversation.credentials, messageId, rating);
  }

  /** @param {string} reference */
  async #calendar(reference) {
    const { credentials } = this.conversation;
    if (credentials) save(await this.server.calendar(credentials, reference), `appointment-${reference}.ics`);
  }

  async #phoneCode() {
    await this.conversation.ensureOpen();
    const { credentials } = this.conversation;
    if (!credentials) throw new ApiError(0);
    return this.server.phoneCode(credentials);
  }

  async #forget() {
    try {
      await this.conversation.forget();
    } catch (error) {
      const { words } = this.options;
      this.transcript.note(`${words.notForgotten} ${inPlainWords(error, words)}`, Infinity);
      this.transcript.scrolling.toEnd();
    }
  }

  /* What the other parts tell */

  /**
   * @param {Message[]} messages
   * @param {boolean} isNew
   */
  #entered(messages, isNew) {
    this.transcript.enter(messages, isNew);
    this.outbox.drain();
    this.#refresh();
    this.#read();
  }

  /** @param {Message[]} added */
  #heard(added) {
    const { emit, onUrgent } = this.options;
    for (const { id, author, kind = null, topic = null, booking } of added) {
      emit("message", { id, author, kind, topic }); // not the words: whoever listens on the page has no need of them
      if (booking) emit("booking", { ...booking });
    }
    for (const { waiting } of this.transcript.thread.claimed) this.outbox.arrived(waiting?.clientMessageId ?? "");
    this.#refresh();
    this.#read();
    if (!this.#open && added.some(isUrgent)) onUrgent();
  }

  /**
   * @param {Waiting} item
   * @param {Message[]} replies
   */
  #answered(item, replies) {
    this.undelivered.delivered(item);
    this.#setReached(true);
    this.#heard(this.transcript.answered(item, replies));
  }

  /**
   * @param {Waiting} item
   * @param {unknown} error
   * @param {number} failures
   */
  #failed(item, error, failures) {
    this.undelivered.failed(item, error);
    if (waitMs(error) === null && (failures >= FAILURES_BEFORE_TROUBLE || !navigator.onLine)) this.#setReached(false);
    this.#refresh();
  }

  /** @param {"gone" | "forgotten"} why */
  #left(why) {
    const { words } = this.options;
    const { panel } = this;
    const root = panel.element.getRootNode();
    const focused = root instanceof ShadowRoot && panel.scroller.contains(root.activeElement);
    const waiting = new Set(this.store.state.outbox.map((each) => each.clientMessageId));
    this.transcript.clear((entry) => waiting.has(entry.waiting?.clientMessageId ?? "") && !entry.message, words[why]);
    if (focused) panel.scroller.focus({ preventScroll: true });
    this.undelivered.clear();
    this.phone.element.close(); // its code is of the conversation that is no more
    this.#refresh();
    if (why === "gone" && this.#open) void this.conversation.insist();
  }

  #changedElsewhere() {
    this.conversation.adopt();
    if (this.store.state.credentials && !this.conversation.credentials && this.#open) void this.conversation.insist();
    this.outbox.drain();
    this.#refresh();
    this.#read();
  }

  /** @param {boolean} reached */
  #setReached(reached) {
    if (reached === this.#reached) return;
    if (this.#reached !== null || !reached) this.options.emit("connection", { online: reached });
    this.#reached = reached;
    this.panel.reached = reached;
    this.#refresh();
  }

  /* Showing */

  /** Makes what is shown agree with what waits and what is asked. */
  #refresh() {
    const { panel } = this;
    const { thread } = this.transcript;
    const { outbox, credentials } = this.store.state;
    panel.isTyping = this.undelivered.show(outbox, this.#reached !== false);
    panel.starters.hidden = thread.hasVisitor();
    panel.hasConversation = credentials !== null;
    this.composer.ask(thread.asked);
  }

  /** Counts what has come while the panel was closed; with the panel open there is nothing unread. */
  #read() {
    const { thread } = this.transcript;
    const { readTo } = this.store.state;
    if (this.#open && !document.hidden && thread.lastSeq > readTo) {
      this.store.update((state) => {
        state.readTo = thread.lastSeq;
      });
    }
    const unread = thread.messages.filter(({ author, seq }) => author !== "visitor" && seq > this.store.state.readTo);
    this.options.onUnread(this.#open ? 0 : unread.length);
  }
}
