// @ts-check
/** A message of the conversation as an element, with its sources, its buttons and its feedback. */

/** @import { Choice, Message, Source } from "./api.js" */

import { button, element } from "./elements.js";
import { callButtons, textBlocks } from "./text.js";
import { WORDS } from "./words.js";

const URGENT = new Map([["emergency", "Emergency"], ["crisis", "Help is available now"]]);

/**
 * The label of a message that names whom to call in an emergency. The question after it names nobody and is no card.
 *
 * @param {Message} message
 */
function urgentLabel({ author, kind, text }) {
  const label = author === "visitor" ? undefined : URGENT.get(kind ?? "");
  return label && callButtons(text).childElementCount > 0 ? label : undefined;
}

/** @param {Message} message */
function authorLine(message) {
  const { author } = message;
  const label = urgentLabel(message);
  if (author === "visitor") return element("p", { class: "visually-hidden" }, "You:");
  if (label) return element("p", { class: "message-label" }, label);
  if (author === "staff") return element("p", { class: "message-label" }, "Clinic staff");
  return element("p", { class: "visually-hidden" }, "Assistant:");
}

/** @param {Source[]} sources */
function sourcesDisclosure(sources) {
  const quotes = sources.map(({ quote }) => element("blockquote", {}, quote));
  return element("details", { class: "sources" }, element("summary", {}, "From our page"), ...quotes);
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
export function useChoice(group, value) {
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
export function messageElement(message, actions) {
  const fromVisitor = message.author === "visitor";
  const urgent = urgentLabel(message) !== undefined;
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
