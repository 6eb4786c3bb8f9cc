// @ts-check
/** The requests of the chat API (docs/chat-api.md). */

import { readEvents, readLines } from "./events.js";

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
export async function startConversation() {
  const started = await callForJson("POST", "", {});
  return { credentials: { id: started.conversation_id, token: started.token }, messages: started.messages };
}

/**
 * @param {Credentials} credentials
 * @returns {Promise<Message[]>}
 */
export async function readHistory(credentials) {
  const path = `${pathOf(credentials)}/messages?after=0`;
  return (await callForJson("GET", path, { token: credentials.token })).messages;
}

/**
 * @param {Credentials} credentials
 * @param {{text: string, clientMessageId: string}} outgoing the id is the same for every attempt
 * @returns {Promise<Message[]>} the replies
 */
export async function sendMessage(credentials, { text, clientMessageId }) {
  const body = { text, client_message_id: clientMessageId };
  return (await callForJson("POST", `${pathOf(credentials)}/messages`, { token: credentials.token, body })).messages;
}

/**
 * @param {Credentials} credentials
 * @param {string} messageId
 * @param {boolean} helpful
 */
export async function sendFeedback(credentials, messageId, helpful) {
  const path = `${pathOf(credentials)}/messages/${encodeURIComponent(messageId)}/feedback`;
  const signal = AbortSignal.timeout(REQUEST_MS);
  await call("POST", path, { token: credentials.token, body: { helpful }, signal });
}

/** @param {Credentials} credentials */
export async function eraseConversation(credentials) {
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
export async function* followEvents(credentials, after, controller) {
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

/** @param {unknown} error */
export const isGone = (error) => error instanceof ApiError && error.status === 404;

/** @param {unknown} error */
export const waitMs = (error) => (
  error instanceof ApiError && error.status === 429 ? error.retryAfterMs ?? 5_000 : null
);
