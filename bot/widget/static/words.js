// @ts-check
/** What the chat itself says to the visitor. */

import { ApiError, waitMs } from "./api.js";

export const WORDS = {
  noConnection: "We could not reach the chat. Please check your connection and try again.",
  serverTrouble: "Something went wrong on our side. Please try again.",
  gone: "Your earlier conversation is no longer available, so this is a new one.",
  forgotten: "The conversation was erased. If you write again, a new one starts.",
  notForgotten: "The conversation could not be erased.",
  reconnecting: "Connection lost. Trying again…",
  thanks: "Thank you.",
  noFeedback: "This could not be saved. Please try again.",
};

/** @param {number} ms */
function inWords(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** @param {unknown} error */
export function inPlainWords(error) {
  if (!(error instanceof ApiError) || error.status >= 500) return WORDS.serverTrouble;
  const wait = waitMs(error);
  if (wait !== null) return `The chat is busy. Please wait ${inWords(wait)}.`;
  return error.status === 0 ? WORDS.noConnection : error.detail || WORDS.serverTrouble;
}
