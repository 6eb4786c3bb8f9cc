// @ts-check
/** What the chat itself says to the visitor, in English and Spanish. Texts for emergencies are the gateway's. */

import { ApiError, waitMs } from "./api.js";
import { SPANISH } from "./words-es.js";

export const ENGLISH = {
  launcher: "Ask a question",
  openChat: "Open the chat",
  unread: (/** @type {number} */ count) => (count === 1 ? "1 new message" : `${count} new messages`),
  title: "Chat with {name}",
  subtitle: "Automated assistant",
  notice: "Automated assistant, not for emergencies.",
  privacy: "Privacy",
  language: "",
  close: "Close the chat",
  options: "Options",
  download: "Download the conversation",
  byText: "Go on by text message",
  textCode: "Text this code from your phone. The conversation then goes on there.",
  codeHolds: "It works once. Time left:",
  codeEnded: "This code has run out. Please ask for a new one.",
  textTerms: "Text messages are not encrypted. Message and data rates may apply. Text STOP to end them.",
  newCode: "New code",
  done: "Done",
  forget: "Forget this conversation",
  forgetTitle: "Forget this conversation?",
  forgetText: "All its messages are erased, here and on our server. This cannot be undone.",
  forgetNo: "Keep it",
  forgetYes: "Forget it",
  messages: "Messages",
  earlier: "Earlier messages",
  showEarlier: "Show earlier messages",
  newMessages: "New messages",
  starters: "Questions to start with",
  suggestions: "Suggestions",
  placeholder: "Write a message",
  yourMessage: "Your message",
  send: "Send",
  typing: "The assistant is writing",
  you: "You",
  assistant: "Assistant",
  staff: "Clinic staff",
  system: "Note",
  joined: (/** @type {string} */ who) => `${who} from the clinic now writes here`,
  someone: "Someone",
  backToAssistant: "The automated assistant answers again",
  emergency: "Emergency",
  crisis: "Help is available now",
  call: (/** @type {string} */ number) => `Call ${number}`,
  textTo: (/** @type {string} */ number) => `Text ${number}`,
  sources: "From our page",
  rate: "Was this answer helpful?",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  thanks: "Thank you.",
  comment: "Would you like to say more? (optional)",
  sendComment: "Send",
  notSaved: "This could not be saved. Please try again.",
  sending: "Sending…",
  notSent: "Not sent yet. It is sent as soon as there is a connection.",
  tryNow: "Try now",
  change: "Change it",
  notReached: "The chat cannot be reached at the moment. We keep trying; what you write is kept.",
  gone: "Your earlier conversation is no longer available, so this is a new one.",
  forgotten: "The conversation was erased. If you write again, a new one starts.",
  notForgotten: "The conversation could not be erased.",
  noConnection: "We could not reach the chat. Please check your connection and try again.",
  trouble: "Something went wrong on our side. Please try again.",
  busy: (/** @type {number} */ seconds) => `The chat is busy. Your message is sent by itself in ${inWords(seconds)}.`,
  today: "Today",
  yesterday: "Yesterday",
  name: "Your name",
  contact: "How can we reach you?",
  phone: "Phone",
  email: "E-mail",
  reason: "What is the visit about?",
  times: "Times to choose from",
  otherTimes: "Other choices",
  requested: "Request received",
  confirmed: "Appointment confirmed",
  cancelled: "Appointment cancelled",
  aborted: "No appointment was made",
  reference: "Reference",
  calendar: "Add to my calendar",
  noCalendar: "There is no calendar file for this one.",
  calendarLater: "The calendar file could not be fetched. Please try again.",
  transcript: "Conversation with {name}",
  clinicPhone: (/** @type {string} */ phone) => `Call the clinic: ${phone}`,
};

/** @typedef {typeof ENGLISH} Words */

/** Safety and honesty are not the page's to change. */
const FIXED = new Set(["notice", "subtitle", "assistant", "staff", "backToAssistant", "emergency", "crisis"]);

/**
 * @param {string} language of the interface
 * @param {string | null} changes JSON of texts that the page has in place of these
 * @returns {Words}
 */
export function wordsFor(language, changes) {
  const words = { ...(language === "es" ? SPANISH : ENGLISH) };
  for (const [name, text] of Object.entries(parsed(changes))) {
    const known = /** @type {Record<string, unknown>} */ (words);
    if (typeof known[name] === "string" && typeof text === "string" && !FIXED.has(name)) known[name] = text;
  }
  return words;
}

/**
 * @param {string | null} json
 * @returns {Record<string, unknown>}
 */
function parsed(json) {
  try {
    return Object(JSON.parse(json ?? "{}"));
  } catch {
    console.error("clinic-chat: the attribute texts is no JSON");
    return {};
  }
}

/** @param {number} seconds */
function inWords(seconds) {
  if (seconds <= 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/**
 * @param {unknown} error
 * @param {Words} words
 */
export function inPlainWords(error, words) {
  if (!(error instanceof ApiError) || error.status >= 500) return words.trouble;
  const wait = waitMs(error);
  if (wait !== null) return words.busy(Math.ceil(wait / 1000));
  return error.status === 0 ? words.noConnection : error.detail || words.trouble;
}
