// @ts-check
/** Where the modules begin: defines the element, and puts it on the page. */

import { defineElement } from "./element.js";

/**
 * @param {object} given by the loader
 * @param {import("./element.js").Context["served"]} given.served
 * @param {string} given.base
 * @param {string} given.style
 * @param {() => HTMLElement} given.place
 * @returns {HTMLElement} the chat. Throws where the browser is too old for it
 */
export function start({ served, base, style, place }) {
  const sheet = new CSSStyleSheet(); // a <style> would need 'unsafe-inline' in the page's policy
  sheet.replaceSync(style);
  defineElement({ served, base, sheet });
  return place();
}
