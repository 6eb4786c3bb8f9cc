// @ts-check
/** What stands between messages: the day, where it is another than before, and who writes from here on. */

/** @import { Message } from "./api.js" */
/** @import { Surroundings } from "./message.js" */
/** @import { Waiting } from "./store.js" */
/** @import { Entry, Thread } from "./thread.js" */

import { element } from "./elements.js";
import { dayInWords, momentOf, onServersClock, sameDay } from "./time.js";

/**
 * @param {Entry} entry
 * @param {Thread} thread
 * @param {Surroundings} around
 * @returns {HTMLElement[]} what stands before the entry
 */
export function separators(entry, thread, around) {
  return [...newDay(entry, thread, around), ...newAuthor(entry, thread, around)];
}

/**
 * @param {Waiting} item
 * @returns {Message} what the visitor wrote, as the server will show it back
 */
export function asMessage({ text, at }) {
  return { id: "", seq: 0, author: "visitor", text, created_at: new Date(onServersClock(at)).toISOString() };
}

/**
 * @param {Entry} entry
 * @param {Thread} thread
 * @param {Surroundings} around
 */
function newDay(entry, thread, { words, language }) {
  const before = thread.before(entry);
  const moment = momentOf(saidIn(entry));
  if (!moment || sameDay(momentOf(before && saidIn(before)), moment)) return [];
  return [element("p", { class: "note day-change" }, dayInWords(moment, language, words))];
}

/**
 * @param {Entry} entry
 * @param {Thread} thread
 * @param {Surroundings} around
 */
function newAuthor(entry, thread, { words }) {
  const { message } = entry;
  if (!message || message.author === "visitor") return [];
  const last = thread.otherSideBefore(entry);
  if (message.author === "staff") {
    const who = nameOf(message, words.someone);
    const same = last?.author === "staff" && nameOf(last, words.someone) === who;
    return same ? [] : [element("p", { class: "note joined" }, words.joined(who))];
  }
  if (message.author !== "assistant" || last?.author !== "staff") return [];
  return [element("p", { class: "note" }, words.backToAssistant)];
}

/** @param {Entry} entry */
const saidIn = ({ message, waiting }) => message ?? (waiting && asMessage(waiting));

/**
 * @param {Message} message
 * @param {string} someone
 */
const nameOf = ({ staff }, someone) => `${staff?.name ?? someone}${staff?.role ? ` (${staff.role})` : ""}`;
