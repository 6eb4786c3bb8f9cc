// @ts-check
/** From a message's text to elements: text nodes and links that are safe, never markup. */

/** @import { Words } from "./words.js" */

import { element, icon } from "./elements.js";

/** @typedef {{name: string, phone: string, phoneLink: string, sms: boolean}} Clinic `sms`: it takes text messages */

const EMERGENCY_NUMBERS = new Map([["911", "tel:911"], ["988", "tel:988"], ["1-800-222-1222", "tel:+18002221222"]]);
const EMERGENCY = "(?<![\\d-])(?:1-800-222-1222|911|988)(?!\\d|-\\d)";
const ADDRESS = "https?://[^\\s<>\"'`{}|\\\\^]+";
const AFTER_ADDRESS = /[.,;:!?…\])]$/;

/** @param {Clinic} clinic */
function linkable(clinic) {
  const phone = clinic.phoneLink ? `|${clinic.phone.replace(/[^\d\s]/g, "\\$&")}` : "";
  return new RegExp(`${ADDRESS}|${EMERGENCY}${phone}`, "g");
}

/**
 * @param {string} written
 * @returns {string} the address without what belongs to the sentence; empty if it is none to follow
 */
function webAddress(written) {
  let address = written;
  while (AFTER_ADDRESS.test(address) && !(address.endsWith(")") && closesItsOwn(address))) address = address.slice(0, -1);
  const parsed = parse(address);
  // A name before the host makes an address look like another's.
  return parsed && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password ? address : "";
}

/** @param {string} address */
const closesItsOwn = (address) => address.split("(").length >= address.split(")").length;

/** @param {string} address */
function parse(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @param {Clinic} clinic
 * @returns {(Node | string)[]} the text with its web addresses and the numbers to call as links
 */
export function linked(text, clinic) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(linkable(clinic))) {
    const web = found.startsWith("http") ? webAddress(found) : "";
    const number = EMERGENCY_NUMBERS.get(found) ?? (found === clinic.phone ? clinic.phoneLink : "");
    const shown = web || (number ? found : "");
    if (!shown) continue;
    /** @type {Record<string, string>} */
    const outside = web ? { target: "_blank", rel: "noopener noreferrer nofollow" } : {};
    nodes.push(text.slice(end, index), element("a", { href: web || number, ...outside }, shown));
    end = index + shown.length;
  }
  return [...nodes, text.slice(end)];
}

/**
 * @param {string} text
 * @param {Clinic} clinic
 * @returns {HTMLElement[]} a paragraph for each line, a list for lines that start with a bullet
 */
export function textBlocks(text, clinic) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const [, bullet] = /^\s*•\s*(.*)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (bullet === undefined) blocks.push(element("p", { dir: "auto" }, ...linked(line, clinic)));
    else if (last instanceof HTMLUListElement) last.append(element("li", {}, ...linked(bullet, clinic)));
    else blocks.push(element("ul", { dir: "auto" }, element("li", {}, ...linked(bullet, clinic))));
  }
  return blocks;
}

/**
 * @param {string} text
 * @returns {string[]} the emergency numbers that it names
 */
export function numbersIn(text) {
  return [...new Set(Array.from(text.matchAll(new RegExp(EMERGENCY, "g")), ([number]) => number))];
}

/**
 * @param {string[]} numbers
 * @param {Words} words
 * @returns {HTMLElement} large links to call them, and to text the lifeline
 */
export function callButtons(numbers, words) {
  const links = numbers.flatMap((number) => [
    callLink(EMERGENCY_NUMBERS.get(number) ?? "", words.call(number)),
    ...(number === "988" ? [element("a", { class: "call", href: "sms:988" }, icon("chat"), words.textTo(number))] : []),
  ]);
  return element("p", { class: "calls" }, ...links);
}

/**
 * @param {string} href
 * @param {string} label
 */
export const callLink = (href, label) => element("a", { class: "call", href }, icon("phone"), label);
