// @ts-check
/** The requests of the chat API (docs/chat-api.md). */

import { readEvents, readLines } from "./events.js";
import { onServersClock, setClock } from "./time.js";

/**
 * @typedef {{passage: string, quote: string}} Source
 * @typedef {{title: string, value: string, topic?: string | null}} Choice
 * @typedef {{reference: string | null, status: string}} Booking
 * @typedef {object} Message
 * @property {string} id
 * @property {number} seq 0: not written down by the server yet
 * @property {"visitor" | "assistant" | "staff" | "system"} author
 * @property {string} text
 * @property {string | null} [kind]
 * @property {string | null} [topic]
 * @property {Source[]} [sources]
 * @property {Choice[]} [buttons]
 * @property {string | null} [asks]
 * @property {Booking | null} [booking]
 * @property {{name?: string, role?: string} | null} [staff] who writes, where the author is staff
 * @property {string} [created_at]
 *
 * @typedef {{id: string, token: string}} Credentials
 * @typedef {{code: string, expires_at: string, number: string}} PhoneCode to be texted to the number until then
 */

const REQUEST_MS = 45_000; // longer than the server lets a reply take before it says 'one moment'
const STREAM_SILENT_MS = 60_000; // the server sends a comment more often than that
const LONGEST_WAIT_MS = 86_400_000; // a timer of more than 24 days would run out at once

/** The server's refusal, or `status` 0 if it could not be reached. */
export class ApiError extends Error {
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

export class Server {
  /** @param {string} base the address that the API is below, with a slash at its end */
  constructor(base) {
    this.base = base;
  }

  /** @returns {Promise<{credentials: Credentials, messages: Message[]}>} */
  async start() {
    const started = await this.#json("POST", "", null, {});
    return { credentials: { id: started.conversation_id, token: started.token }, messages: started.messages };
  }

  /**
   * @param {Credentials} credentials
   * @returns {Promise<Message[]>}
   */
  async history(credentials) {
    return (await this.#json("GET", "/messages?after=0", credentials)).messages;
  }

  /**
   * @param {Credentials} credentials
   * @param {{text: string, clientMessageId: string}} outgoing
   * @returns {Promise<Message[]>} the replies
   */
  async send(credentials, { text, clientMessageId }) {
    const body = { text, client_message_id: clientMessageId };
    return (await this.#json("POST", "/messages", credentials, body)).messages;
  }

  /**
   * @param {Credentials} credentials
   * @param {string} messageId
   * @param {{helpful: boolean, comment?: string}} rating
   */
  async rate(credentials, messageId, rating) {
    await this.#call("POST", `/messages/${encodeURIComponent(messageId)}/feedback`, credentials, { body: rating });
  }

  /**
   * @param {Credentials} credentials
   * @param {string} reference
   * @returns {Promise<Blob>}
   */
  async calendar(credentials, reference) {
    const path = `/appointments/${encodeURIComponent(reference)}/calendar`;
    return (await this.#call("GET", path, credentials, { accept: "text/calendar" })).blob();
  }

  /**
   * @param {Credentials} credentials
   * @returns {Promise<PhoneCode>} in place of the one before
   */
  async phoneCode(credentials) {
    return this.#json("POST", "/phone-code", credentials, {});
  }

  /** @param {Credentials} credentials */
  async erase(credentials) {
    await this.#call("DELETE", "", credentials, {});
  }

  /**
   * Yields messages as they come, until the stream ends. EventSource cannot send the Authorization header.
   *
   * @param {Credentials} credentials
   * @param {number} after
   * @param {AbortController} controller ends the stream; one that falls silent is ended here
   * @returns {AsyncGenerator<Message | null>} null once the stream is open
   */
  async* follow(credentials, after, controller) {
    const giveUp = () => controller.abort();
    let silence = setTimeout(giveUp, STREAM_SILENT_MS);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, STREAM_SILENT_MS);
    };
    try {
      const { signal } = controller;
      const response = await this.#call("GET", `/events?after=${after}`, credentials, { signal, accept: "text/event-stream" });
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
   * @param {string} method
   * @param {string} path
   * @param {Credentials | null} credentials
   * @param {object} [body]
   * @returns {Promise<any>} the JSON of the answer
   */
  async #json(method, path, credentials, body) {
    const response = await this.#call(method, path, credentials, { body });
    return response.json().catch(() => {
      throw new ApiError(0);
    });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Credentials | null} credentials
   * @param {{body?: object, signal?: AbortSignal, accept?: string}} options
   * @returns {Promise<Response>}
   */
  async #call(method, path, credentials, { body, signal = AbortSignal.timeout(REQUEST_MS), accept = "application/json" }) {
    /** @type {Record<string, string>} */
    const headers = { Accept: accept };
    if (credentials) headers.Authorization = `Bearer ${credentials.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const address = `${this.base}api/conversations${credentials ? `/${encodeURIComponent(credentials.id)}` : ""}${path}`;
    /** @type {RequestInit} */
    const request = {
      method,
      headers,
      signal,
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    };
    const response = await fetch(address, request).catch(() => {
      throw new ApiError(0);
    });
    setClock(response.headers.get("Date"));
    if (!response.ok) throw await refusal(response);
    return response;
  }
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
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - onServersClock();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}

/** @param {unknown} error */
export const isGone = (error) => error instanceof ApiError && error.status === 404;

/** @param {unknown} error a message that is sent again as it is would be refused again */
export const isRefused = (error) => (
  error instanceof ApiError && error.status >= 400 && error.status < 500 && ![404, 408, 425, 429].includes(error.status)
);

/**
 * @param {unknown} error
 * @returns {number | null} milliseconds that the server wants the visitor to wait
 */
export const waitMs = (error) => (
  error instanceof ApiError && error.status === 429 ? error.retryAfterMs ?? 5_000 : null
);
