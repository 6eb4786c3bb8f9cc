// @ts-check
/**
 * The chat of the page, a client of the chat API (docs/chat-api.md).
 *
 * What visitors and the assistant wrote reaches the page as text nodes only, never as markup.
 */

/**
 * @typedef {{passage: string, quote: string}} Source
 * @typedef {{title: string, value: string, topic?: string | null}} Choice
 * @typedef {object} Message
 * @property {string} id
 * @property {number} seq
 * @property {"visitor" | "assistant" | "staff" | "system"} author
 * @property {string} text
 * @property {string | null} [kind]
 * @property {Source[]} [sources]
 * @property {Choice[]} [buttons]
 *
 * @typedef {{id: string, token: string}} Credentials
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

const STORAGE_KEY = "chat.conversation";
const REQUEST_MS = 45_000; // longer than the server lets a reply take before it says 'one moment'
const STREAM_SILENT_MS = 60_000; // the server sends a comment more often than that
const STREAM_STEADY_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_WAIT_MS = 86_400_000; // a timer of more than 24 days would run out at once
const URGENT = new Map([["emergency", "Emergency"], ["crisis", "Help is available now"]]);
const TELEPHONES = new Map([["911", "tel:911"], ["988", "tel:988"], ["1-800-222-1222", "tel:+18002221222"]]);
const TELEPHONE = /(?<![\d-])(?:1-800-222-1222|911|988)(?!\d|-\d)/g;

const WORDS = {
  noConnection: "We could not reach the chat. Please check your connection and try again.",
  serverTrouble: "Something went wrong on our side. Please try again.",
  gone: "Your earlier conversation is no longer available, so this is a new one.",
  forgotten: "The conversation was erased. If you write again, a new one starts.",
  notForgotten: "The conversation could not be erased.",
  reconnecting: "Connection lost. Trying again…",
  thanks: "Thank you.",
  noFeedback: "This could not be saved. Please try again.",
};

/* ---- The API ---- */

/** The server's refusal, or `status` 0 if it could not be reached. */
class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {number | null} retryAfterMs
   */
  constructor(status, detail = "", retryAfterMs = null) {
    super(detail || `status ${status}`);
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{token?: string, body?: object, signal?: AbortSignal, accept?: string}} options
 * @returns {Promise<Response>}
 */
async function call(method, path, { token, body, signal, accept = "application/json" }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: accept };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  /** @type {RequestInit} */
  const request = { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store" };
  const response = await fetch(`/api/conversations${path}`, request).catch(() => {
    throw new ApiError(0);
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{token?: string, body?: object}} options
 * @returns {Promise<any>} the JSON of the answer
 */
async function callForJson(method, path, options) {
  const signal = AbortSignal.timeout(REQUEST_MS);
  const response = await call(method, path, { ...options, signal });
  return response.json().catch(() => {
    throw new ApiError(0);
  });
}

/** @param {Response} response */
async function refusal(response) {
  const problem = await response.json().catch(() => null);
  const detail = typeof problem?.detail === "string" ? problem.detail : "";
  return new ApiError(response.status, detail, retryAfterMs(response.headers.get("Retry-After")));
}

/**
 * @param {string | null} header seconds or an HTTP date (RFC 9110, 10.2.3)
 * @returns {number | null} milliseconds
 */
function retryAfterMs(header) {
  if (!header) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}

/** @param {Credentials} credentials */
const pathOf = ({ id }) => `/${encodeURIComponent(id)}`;

/** @returns {Promise<{credentials: Credentials, messages: Message[]}>} */
async function startConversation() {
  const started = await callForJson("POST", "", {});
  return { credentials: { id: started.conversation_id, token: started.token }, messages: started.messages };
}

/**
 * @param {Credentials} credentials
 * @returns {Promise<Message[]>}
 */
async function readHistory(credentials) {
  const path = `${pathOf(credentials)}/messages?after=0`;
  return (await callForJson("GET", path, { token: credentials.token })).messages;
}

/**
 * @param {Credentials} credentials
 * @param {Outgoing} outgoing
 * @returns {Promise<Message[]>} the replies
 */
async function sendMessage(credentials, { text, clientMessageId }) {
  const body = { text, client_message_id: clientMessageId };
  return (await callForJson("POST", `${pathOf(credentials)}/messages`, { token: credentials.token, body })).messages;
}

/**
 * @param {Credentials} credentials
 * @param {string} messageId
 * @param {boolean} helpful
 */
async function sendFeedback(credentials, messageId, helpful) {
  const path = `${pathOf(credentials)}/messages/${encodeURIComponent(messageId)}/feedback`;
  const signal = AbortSignal.timeout(REQUEST_MS);
  await call("POST", path, { token: credentials.token, body: { helpful }, signal });
}

/** @param {Credentials} credentials */
async function eraseConversation(credentials) {
  const signal = AbortSignal.timeout(REQUEST_MS);
  await call("DELETE", pathOf(credentials), { token: credentials.token, signal });
}

/**
 * Yields messages as they come, until the stream ends. EventSource cannot send the Authorization header.
 *
 * @param {Credentials} credentials
 * @param {number} after
 * @param {AbortController} controller ends the stream; one that falls silent is ended here
 * @returns {AsyncGenerator<Message | null>} null once the stream is open
 */
async function* followEvents(credentials, after, controller) {
  const path = `${pathOf(credentials)}/events?after=${after}`;
  const { token } = credentials;
  const giveUp = () => controller.abort();
  let silence = setTimeout(giveUp, STREAM_SILENT_MS);
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, STREAM_SILENT_MS);
  };
  try {
    const response = await call("GET", path, { token, signal: controller.signal, accept: "text/event-stream" });
    yield null;
    for await (const event of readEvents(readLines(response, heard))) {
      if (event.name === "message") yield JSON.parse(event.data);
    }
  } finally {
    clearTimeout(silence);
    controller.abort();
  }
}

/**
 * @param {AsyncIterable<string>} lines
 * @returns {AsyncGenerator<{name: string, data: string}>} whole events (HTML standard, 9.2.6)
 */
async function* readEvents(lines) {
  let name = "message";
  /** @type {string[]} */
  let data = [];
  for await (const line of lines) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "data") data.push(value);
    if (line !== "") continue;
    if (data.length > 0) yield { name, data: data.join("\n") };
    name = "message";
    data = [];
  }
}

/**
 * @param {Response} response
 * @param {() => void} heard called whenever something arrives
 * @returns {AsyncGenerator<string>} lines without their ends
 */
async function* readLines(response, heard) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    heard();
    const lines = (rest + chunk.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
}

/* ---- From text to elements ---- */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * @param {string} label
 * @param {string} className
 * @param {() => void} onClick
 */
function button(label, className, onClick) {
  const made = element("button", { type: "button", class: className }, label);
  made.addEventListener("click", onClick);
  return made;
}

/**
 * @param {string} text
 * @returns {(Node | string)[]} the text, its emergency numbers as links to call them
 */
function withTelephoneLinks(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let end = 0;
  for (const { 0: number, index } of text.matchAll(TELEPHONE)) {
    nodes.push(text.slice(end, index), element("a", { href: TELEPHONES.get(number) ?? "" }, number));
    end = index + number.length;
  }
  return [...nodes, text.slice(end)];
}

/**
 * @param {string} text
 * @returns {HTMLElement[]} a paragraph for each line, a list for lines that start with a bullet
 */
function textBlocks(text) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const [, bullet] = /^\s*•\s*(.*)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (bullet === undefined) blocks.push(element("p", {}, ...withTelephoneLinks(line)));
    else if (last instanceof HTMLUListElement) last.append(element("li", {}, ...withTelephoneLinks(bullet)));
    else blocks.push(element("ul", {}, element("li", {}, ...withTelephoneLinks(bullet))));
  }
  return blocks;
}

/** @param {Message} message */
function authorLine({ author, kind }) {
  const urgent = URGENT.get(kind ?? "");
  if (author === "visitor") return element("p", { class: "visually-hidden" }, "You:");
  if (urgent) return element("p", { class: "message-label" }, urgent);
  if (author === "staff") return element("p", { class: "message-label" }, "Clinic staff");
  return element("p", { class: "visually-hidden" }, "Assistant:");
}

/** @param {Source[]} sources */
function sourcesDisclosure(sources) {
  const quotes = sources.map(({ quote }) => element("blockquote", {}, quote));
  return element("details", { class: "sources" }, element("summary", {}, "From our page"), ...quotes);
}

/** @param {string} text */
function callButtons(text) {
  const numbers = [...new Set(Array.from(text.matchAll(TELEPHONE), ([number]) => number))];
  const links = numbers.map((number) => {
    const href = TELEPHONES.get(number) ?? "";
    return element("a", { class: "call", href }, `Call ${number}`);
  });
  return element("p", { class: "calls" }, ...links);
}

/**
 * @param {Choice[]} choices
 * @param {(value: string) => void} onChoose
 */
function choiceButtons(choices, onChoose) {
  const group = element("div", { class: "choices", role: "group", "aria-label": "Suggestions" });
  for (const { title, value } of choices) {
    const made = button(title, "choice", () => {
      useChoice(group, value);
      onChoose(value);
    });
    made.value = value;
    group.append(made);
  }
  return group;
}

/**
 * Takes the offer back once it was used: a button is an answer, and a question is answered once.
 *
 * @param {Element} group
 * @param {string} value
 */
function useChoice(group, value) {
  for (const each of group.querySelectorAll("button")) {
    each.disabled = true;
    each.classList.toggle("chosen", each.value === value);
  }
}

/** @param {(helpful: boolean) => Promise<void>} onFeedback rejects where it cannot be saved */
function feedbackButtons(onFeedback) {
  const said = element("span", { role: "status" });
  /** @type {HTMLButtonElement[]} */
  const thumbs = [true, false].map((helpful) => {
    const thumb = button("", helpful ? "thumb" : "thumb thumb-down", () => void save(helpful));
    thumb.append(thumbIcon());
    thumb.setAttribute("aria-label", helpful ? "Helpful" : "Not helpful");
    thumb.setAttribute("aria-pressed", "false");
    return thumb;
  });
  /** @param {boolean} helpful */
  const save = async (helpful) => {
    const succeeded = await onFeedback(helpful).then(() => true, () => false);
    said.textContent = succeeded ? WORDS.thanks : WORDS.noFeedback;
    if (!succeeded) return;
    thumbs.forEach((thumb, index) => thumb.setAttribute("aria-pressed", String((index === 0) === helpful)));
  };
  const attributes = { class: "feedback", role: "group", "aria-label": "Was this answer helpful?" };
  return element("div", attributes, ...thumbs, said);
}

/** The drawing stands in the page's template. */
function thumbIcon() {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#thumb");
  icon.setAttribute("aria-hidden", "true");
  icon.append(use);
  return icon;
}

/**
 * @param {Message} message
 * @param {{choose: (value: string) => void, rate: (helpful: boolean) => Promise<void>}} actions
 */
function messageElement(message, actions) {
  const fromVisitor = message.author === "visitor";
  const urgent = !fromVisitor && URGENT.has(message.kind ?? "");
  const look = urgent ? `message urgent ${message.kind}` : `message from-${message.author}`;
  const body = element("div", { class: "bubble" }, authorLine(message));
  body.append(...(fromVisitor ? [element("p", {}, message.text)] : textBlocks(message.text)));
  if (urgent) body.append(callButtons(message.text));
  const made = element("div", { class: look }, body);
  if (fromVisitor) return made;
  if (message.sources?.length) body.append(sourcesDisclosure(message.sources));
  if (message.kind === "answer") made.append(feedbackButtons(actions.rate));
  if (message.buttons?.length) made.append(choiceButtons(message.buttons, actions.choose));
  return made;
}

/* ---- The log: what was said, in the server's order, each message once ---- */

class Log {
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
const isUnsent = ({ outgoing, order }) => outgoing !== null && order === Infinity;

/** @param {Message | null} message */
const isReply = (message) => message !== null && message.author !== "visitor";

/* ---- Small helpers ---- */

/** @returns {Credentials | null} */
function storedCredentials() {
  try {
    const { id, token } = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null") ?? {};
    return id && token ? { id, token } : null;
  } catch {
    return null; // storage that is switched off or spoilt: the conversation then lasts until the page is left
  }
}

/** @param {Credentials | null} credentials */
function storeCredentials(credentials) {
  try {
    if (credentials) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(credentials));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // as above
  }
}

/** crypto.randomUUID is missing where the page is served over plain http from another machine. */
function newMessageId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {number} ms less if the browser finds its connection again
 * @returns {Promise<void>}
 */
const pauseOffline = (ms) => new Promise((resolve) => {
  const done = () => {
    clearTimeout(timer);
    removeEventListener("online", done);
    resolve();
  };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
});

/** A page that nobody looks at needs no stream; what it missed comes when it is looked at again. */
async function pageVisible() {
  if (!document.hidden) return;
  await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** @param {number} failures so far, at least 1 */
function backoffMs(failures) {
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return ms * (0.75 + Math.random() / 2); // so that browsers do not all come back in the same moment
}

/** @param {number} ms */
function inWords(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** @param {unknown} error */
const isGone = (error) => error instanceof ApiError && error.status === 404;

/** @param {unknown} error */
const waitMs = (error) => (error instanceof ApiError && error.status === 429 ? error.retryAfterMs ?? 5_000 : null);

/** @param {unknown} error */
function inPlainWords(error) {
  if (!(error instanceof ApiError) || error.status >= 500) return WORDS.serverTrouble;
  const wait = waitMs(error);
  if (wait !== null) return `The chat is busy. Please wait ${inWords(wait)}.`;
  return error.status === 0 ? WORDS.noConnection : error.detail || WORDS.serverTrouble;
}

/**
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id ${id}.`);
  return found;
}

/* ---- The chat ---- */

class Chat {
  /** @type {Credentials | null} */
  #credentials = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {AbortController | null} */
  #stream = null;
  #cursor = 0; // the last seq that history or stream delivered: those two leave nothing out, replies may
  #waiting = 0; // replies that the visitor is waiting for
  /** @type {HTMLElement | null} */
  #trouble = null; // the note that the conversation could not be opened

  constructor() {
    this.root = byId("chat", HTMLElement);
    this.form = byId("chat-form", HTMLFormElement);
    this.input = byId("chat-text", HTMLTextAreaElement);
    this.typing = byId("chat-typing", HTMLElement);
    this.status = byId("chat-status", HTMLElement);
    this.starters = byId("chat-starters", HTMLElement);
    this.forgetButton = byId("chat-forget", HTMLButtonElement);
    this.confirm = byId("chat-confirm", HTMLDialogElement);
    this.scroller = byId("chat-scroll", HTMLElement);
    this.log = new Log(byId("chat-log", HTMLElement), this.scroller);
  }

  /** Makes the controls work and opens the conversation. */
  begin() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    for (const starter of this.starters.querySelectorAll("button")) {
      starter.addEventListener("click", () => this.#choose(starter.textContent ?? ""));
    }
    this.forgetButton.addEventListener("click", () => this.#askToForget());
    this.confirm.addEventListener("close", () => {
      if (this.confirm.returnValue === "forget") void this.#forget();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#stream?.abort();
    });
    for (const control of this.root.querySelectorAll("[disabled]")) {
      if (control !== this.forgetButton) control.removeAttribute("disabled");
    }
    void this.#openOrOfferRetry();
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.#send(text);
  }

  /** @param {string} value */
  #choose(value) {
    this.scroller.focus({ preventScroll: true }); // the button is about to go, and the focus must not go with it
    this.#send(value);
  }

  /* Opening */

  #ensureOpen() {
    if (this.#credentials) return Promise.resolve();
    this.#opening ??= this.#whileTyping(() => this.#open()).finally(() => {
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
      this.#note(WORDS.gone, 0);
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
    this.#show(messages, { live: false });
  }

  async #openOrOfferRetry() {
    this.#removeTrouble();
    try {
      await this.#ensureOpen();
    } catch (error) {
      this.#removeTrouble();
      const wait = waitMs(error);
      this.#trouble = this.#note(inPlainWords(error), Infinity);
      if (wait === null) this.#trouble.append(button("Retry", "choice", () => void this.#openOrOfferRetry()));
      else setTimeout(() => void this.#openOrOfferRetry(), wait);
    }
  }

  #removeTrouble() {
    this.log.keepOnly(({ element }) => element !== this.#trouble);
    this.#trouble = null;
  }

  /* Sending */

  /** @param {string} text */
  #send(text) {
    const outgoing = { text, clientMessageId: newMessageId(), failed: false };
    const element = this.#element({ id: "", seq: 0, author: "visitor", text });
    this.log.add(element, Infinity, { outgoing });
    this.#useChoiceBefore(element, text);
    this.#refreshStarters();
    this.log.show(element);
    void this.#deliver(outgoing);
  }

  /** @param {Outgoing} outgoing */
  async #deliver(outgoing) {
    outgoing.failed = false;
    try {
      await this.#whileTyping(() => this.#attempt(outgoing, true));
    } catch (error) {
      this.#offerRetry(outgoing, error);
    }
  }

  /**
   * @param {Outgoing} outgoing
   * @param {boolean} mayStartAnew
   */
  async #attempt(outgoing, mayStartAnew) {
    await this.#ensureOpen();
    const credentials = this.#credentials;
    if (!credentials) return; // forgotten in the meantime
    try {
      const replies = await sendMessage(credentials, outgoing);
      if (this.#credentials === credentials) this.#showReplies(outgoing, replies);
    } catch (error) {
      if (!isGone(error) || !mayStartAnew || !this.log.entryOf(outgoing)) throw error;
      if (this.#credentials === credentials) this.#leave(WORDS.gone, isUnsent);
      await this.#attempt(outgoing, false);
    }
  }

  /**
   * @param {Outgoing} outgoing
   * @param {Message[]} replies
   */
  #showReplies(outgoing, replies) {
    const entry = this.log.entryOf(outgoing);
    // Until the server shows the visitor's message with its number, it stands right before its first reply.
    if (entry && !entry.message && replies.length > 0) this.log.number(entry, replies[0].seq - 0.5, null);
    this.#show(replies, { live: true });
  }

  /**
   * @param {Outgoing} outgoing
   * @param {unknown} error
   */
  #offerRetry(outgoing, error) {
    const entry = this.log.entryOf(outgoing);
    if (!entry || this.log.isAnswered(entry)) return;
    outgoing.failed = true;
    const wait = waitMs(error);
    const failure = element("div", { class: "failure" }, element("p", {}, inPlainWords(error)));
    const again = () => {
      if (!failure.isConnected) return;
      failure.remove();
      this.log.number(entry, entry.order, null);
      void this.#deliver(outgoing);
    };
    if (wait !== null) {
      failure.append(element("p", {}, "Your message is then sent by itself."));
      setTimeout(again, wait);
    } else if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      failure.append(button("Change it", "choice", () => this.#takeBack(entry, outgoing)));
    } else {
      failure.append(button("Retry", "choice", () => {
        this.scroller.focus({ preventScroll: true });
        again();
      }));
    }
    entry.element.append(failure);
    this.log.show(entry.element);
  }

  /**
   * Sending the same words again would fail again; the visitor changes them.
   *
   * @param {Entry} entry
   * @param {Outgoing} outgoing
   */
  #takeBack(entry, { text }) {
    this.log.keepOnly(({ element }) => element !== entry.element);
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.input.focus();
    this.#refreshStarters();
  }

  /**
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  async #whileTyping(work) {
    this.#waiting += 1;
    this.typing.hidden = false;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
      this.typing.hidden = this.#waiting === 0;
    }
  }

  /* Receiving */

  /** @param {Credentials} credentials */
  async #follow(credentials) {
    let failures = 0;
    while (this.#credentials === credentials) {
      await pageVisible();
      const began = performance.now();
      const error = await this.#readStream(credentials);
      if (this.#credentials !== credentials) return;
      if (isGone(error)) {
        this.#leave(WORDS.gone, isUnsent);
        await this.#openOrOfferRetry();
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
    this.#show([message], { live: true });
  }

  /**
   * @param {Message[]} messages
   * @param {{live: boolean}} how
   */
  #show(messages, { live }) {
    const follow = !live || this.#waiting > 0 || this.log.isAtEnd();
    const added = messages.map((message) => this.#place(message, live)).filter((each) => each !== null);
    const urgent = added.find((each) => each.classList.contains("urgent"));
    const target = live ? urgent ?? (follow ? added[0] : undefined) : added.at(-1);
    if (target) this.log.show(target);
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
    this.log.add(element, message.seq, { message });
    if (message.author === "visitor") this.#useChoiceBefore(element, message.text);
    else this.#withdrawFailures();
    return element;
  }

  /** @param {Message} message */
  #element(message) {
    return messageElement(message, {
      choose: (value) => this.#choose(value),
      rate: async (helpful) => {
        if (this.#credentials) await sendFeedback(this.#credentials, message.id, helpful);
      },
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

  /**
   * @param {string} text
   * @param {number} order
   */
  #note(text, order) {
    const note = element("div", { class: "note" }, element("p", {}, text));
    this.log.add(note, order);
    return note;
  }

  /* Leaving */

  #askToForget() {
    this.confirm.returnValue = "";
    this.confirm.showModal();
  }

  async #forget() {
    const credentials = this.#credentials;
    if (!credentials) return;
    try {
      await eraseConversation(credentials);
    } catch (error) {
      if (!isGone(error)) {
        this.log.show(this.#note(`${WORDS.notForgotten} ${inPlainWords(error)}`, Infinity));
        return;
      }
    }
    if (this.#credentials === credentials) this.#leave(WORDS.forgotten, () => false);
  }

  /**
   * @param {string} why
   * @param {(entry: Entry) => boolean} keep
   */
  #leave(why, keep) {
    this.#credentials = null;
    this.#cursor = 0;
    storeCredentials(null);
    this.#stream?.abort();
    this.log.keepOnly(keep);
    this.#note(why, 0);
    this.#refreshStarters();
    this.status.textContent = "";
    if (document.activeElement === this.forgetButton) this.scroller.focus({ preventScroll: true });
    this.forgetButton.disabled = true;
  }
}

new Chat().begin();
