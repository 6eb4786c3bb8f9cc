// @ts-check
/** Times and dates of messages, on the visitor's clock. */

/** @import { Message } from "./api.js" */
/** @import { Words } from "./words.js" */

import { element } from "./elements.js";

const DAY_MS = 86_400_000;

let aheadMs = 0; // of the browser's clock, which may be wrong by hours, before the server's

/** @param {string | null} date of an answer that has just come, as its header Date has it */
export function setClock(date) {
  const now = Date.parse(date ?? "");
  if (!Number.isNaN(now)) aheadMs = Date.now() - now;
}

/**
 * @param {number} at milliseconds on the browser's clock; without it, now
 * @returns {number} milliseconds on the server's clock, as far as it is known
 */
export const onServersClock = (at = Date.now()) => at - aheadMs;

/** @param {string} language */
const localeOf = (language) => (language === "es" ? "es-US" : "en-US");

/**
 * @param {Message | null} message
 * @returns {Date | null}
 */
export function momentOf(message) {
  const moment = new Date(message?.created_at ?? "");
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/**
 * @param {Date | null} one
 * @param {Date} other
 */
export const sameDay = (one, other) => one?.toDateString() === other.toDateString();

/**
 * @param {Date} moment
 * @param {string} language
 * @param {Words} words
 */
export function dayInWords(moment, language, words) {
  const now = new Date(onServersClock());
  if (sameDay(now, moment)) return words.today;
  if (sameDay(new Date(now.getTime() - DAY_MS), moment)) return words.yesterday;
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { weekday: "long", month: "long", day: "numeric" };
  if (moment.getFullYear() !== now.getFullYear()) form.year = "numeric";
  return moment.toLocaleDateString(localeOf(language), form);
}

/**
 * @param {Date} moment
 * @param {string} language
 */
export function timeElement(moment, language) {
  const shown = moment.toLocaleTimeString(localeOf(language), { hour: "numeric", minute: "2-digit" });
  return element("time", { datetime: moment.toISOString() }, shown);
}

/**
 * @param {Date} moment
 * @param {string} language
 */
export const wholeTime = (moment, language) => moment.toLocaleString(localeOf(language), { dateStyle: "medium", timeStyle: "short" });
