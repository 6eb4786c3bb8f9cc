// @ts-check
/** A message of the conversation as an element, with its sources, its buttons and its feedback. */

/** @import { Choice, Message, Source } from "./api.js" */
/** @import { Clinic } from "./text.js" */
/** @import { Words } from "./words.js" */

import { bookingCard, confirmBlocks, timeList } from "./booking.js";
import { button, element, icon } from "./elements.js";
import { feedback } from "./feedback.js";
import { callButtons, callLink, numbersIn, textBlocks } from "./text.js";
import { momentOf, timeElement } from "./time.js";

/**
 * @typedef {object} Actions
 * @property {(value: string) => void} choose
 * @property {(message: Message, rating: {helpful: boolean, comment?: string}) => Promise<void>} rate rejects where it fails
 * @property {(reference: string) => Promise<void>} calendar rejects with an ApiError
 *
 * @typedef {object} Surroundings what every message needs to know
 * @property {Words} words
 * @property {string} language
 * @property {Clinic} clinic
 * @property {Actions} actions
 */

/**
 * Whether the message names whom to call in an emergency. The question after it names nobody and is no card.
 *
 * @param {Message} message
 */
export const isUrgent = ({ author, kind, text }) => (
  author !== "visitor" && (kind === "emergency" || kind === "crisis") && numbersIn(text).length > 0
);

/**
 * @param {Message} message
 * @param {Surroundings} around
 */
function authorLine(message, { words }) {
  const { author, kind, staff } = message;
  if (isUrgent(message)) {
    const [picture, label] = kind === "crisis" ? ["heart", words.crisis] : ["warning", words.emergency];
    return element("p", { class: "label" }, icon(picture), label);
  }
  if (author === "staff") {
    return element("p", { class: "label" }, staff?.name ?? words.staff, ...(staff?.role ? [element("small", {}, staff.role)] : []));
  }
  return element("p", { class: "unseen" }, `${author === "visitor" ? words.you : words[author] ?? words.system}:`);
}

/**
 * @param {Source[]} sources
 * @param {Words} words
 */
function sourcesDisclosure(sources, words) {
  const quotes = sources.map(({ quote }) => element("blockquote", {}, quote));
  return element("details", { class: "sources" }, element("summary", {}, words.sources), ...quotes);
}

/**
 * @param {Choice[]} choices
 * @param {Surroundings} around
 */
function choiceButtons(choices, { words, actions }) {
  const group = element("div", { class: "choices", role: "group", "aria-label": words.suggestions });
  group.append(...choices.map((choice) => choiceButton(choice, "choice", actions.choose)));
  return group;
}

/**
 * @param {Choice} choice
 * @param {string} className
 * @param {(value: string) => void} choose
 */
function choiceButton({ title, value }, className, choose) {
  const made = button(title, className, () => choose(value));
  made.value = value;
  return made;
}

/**
 * Takes the offers back once one was used: a button is an answer, and a question is answered once.
 *
 * @param {HTMLElement} message
 * @param {string} value
 */
export function useChoice(message, value) {
  for (const each of message.querySelectorAll("button")) {
    if (!each.value) continue;
    each.disabled = true;
    each.classList.toggle("chosen", each.value === value);
  }
}

/**
 * @param {Message} message
 * @param {Surroundings} around
 */
function offers(message, around) {
  const { words, actions } = around;
  const buttons = message.buttons ?? [];
  if (buttons.length === 0) return [];
  return [message.asks === "time" ? timeList(buttons, words, actions.choose) : choiceButtons(buttons, around)];
}

/**
 * @param {Message} message
 * @param {Surroundings} around
 */
export function messageElement(message, around) {
  const { words, clinic, language, actions } = around;
  const fromVisitor = message.author === "visitor";
  const urgent = isUrgent(message);
  const made = element("div", { class: urgent ? `message urgent ${message.kind}` : `message from-${message.author}` });
  const body = element("div", { class: "bubble" }, authorLine(message, around));
  made.append(body);
  if (fromVisitor) body.append(element("p", { dir: "auto" }, message.text));
  else if (message.asks === "confirm") body.append(...confirmBlocks(message.text, clinic));
  else body.append(...textBlocks(message.text, clinic));
  if (urgent) body.append(urgentCalls(message.text, words, clinic));
  if (message.sources?.length) body.append(sourcesDisclosure(message.sources, words));
  if (message.booking) body.append(bookingCard(message.booking, words, actions.calendar));
  made.append(footer(message, around));
  if (!fromVisitor) made.append(...offers(message, around));
  if (language !== "en" && message.author === "assistant") body.lang = languageOf(message.text);
  return made;
}

/**
 * @param {string} text
 * @param {Words} words
 * @param {Clinic} clinic
 */
function urgentCalls(text, words, clinic) {
  const calls = callButtons(numbersIn(text), words);
  if (clinic.phoneLink && text.includes(clinic.phone)) {
    calls.append(callLink(clinic.phoneLink, words.call(clinic.phone)));
  }
  return calls;
}

/**
 * @param {Message} message
 * @param {Surroundings} around
 */
function footer(message, { words, language, actions }) {
  const moment = momentOf(message);
  const made = element("div", { class: "under" }, ...(moment ? [timeElement(moment, language)] : []));
  if (message.author === "visitor") made.append(element("span", { class: "state" }));
  if (message.kind === "answer" && message.author === "assistant") {
    made.append(...feedback((rating) => actions.rate(message, rating), words));
  }
  return made;
}

/**
 * In which language to read a text aloud: answers are English, safety texts may be Spanish.
 *
 * @param {string} text
 */
const languageOf = (text) => (/[¿¡áéíóúñ]/i.test(text) ? "es" : "en");
