// @ts-check
/** From a message's text to elements: text nodes only, never markup. */

import { element } from "./elements.js";

const TELEPHONES = new Map([["911", "tel:911"], ["988", "tel:988"], ["1-800-222-1222", "tel:+18002221222"]]);
const TELEPHONE = /(?<![\d-])(?:1-800-222-1222|911|988)(?!\d|-\d)/g;

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
export function textBlocks(text) {
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

/** @param {string} text */
export function callButtons(text) {
  const numbers = [...new Set(Array.from(text.matchAll(TELEPHONE), ([number]) => number))];
  const links = numbers.map((number) => {
    const href = TELEPHONES.get(number) ?? "";
    return element("a", { class: "call", href }, `Call ${number}`);
  });
  return element("p", { class: "calls" }, ...links);
}
