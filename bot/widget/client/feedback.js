// @ts-check
/** Thumbs up or down under an answer, and a word on it if the visitor likes. */

/** @import { Words } from "./words.js" */

import { button, element, iconButton, safely } from "./elements.js";

/**
 * @param {(rating: {helpful: boolean, comment?: string}) => Promise<void>} rate rejects where it cannot be saved
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
export function feedback(rate, words) {
  const said = element("span", { role: "status", class: "said" });
  const place = element("div", { class: "comment" });
  /** @param {{helpful: boolean, comment?: string}} rating */
  const save = async (rating) => {
    const saved = await rate(rating).then(() => true, () => false);
    said.textContent = saved ? words.thanks : words.notSaved;
    return saved;
  };
  const thumbs = [true, false].map((helpful) => {
    const look = helpful ? "thumb" : "thumb down";
    const thumb = iconButton(helpful ? words.helpful : words.notHelpful, look, "thumb", async () => {
      if (!(await save({ helpful }))) return;
      thumbs.forEach((each) => each.setAttribute("aria-pressed", String(each === thumb)));
      place.replaceChildren(form(helpful));
    });
    thumb.setAttribute("aria-pressed", "false");
    return thumb;
  });
  /** @param {boolean} helpful */
  const form = (helpful) => {
    const field = element("input", { type: "text", maxlength: "2000", autocomplete: "off" });
    const send = button(words.sendComment, "small", () => {});
    send.type = "submit";
    const made = element("form", {}, element("label", {}, element("span", {}, words.comment), field), send);
    made.addEventListener("submit", safely(async (event) => {
      event.preventDefault();
      const comment = field.value.trim();
      if (comment && !(await save({ helpful, comment }))) return;
      const focused = made.contains(/** @type {ShadowRoot} */ (made.getRootNode()).activeElement);
      place.replaceChildren();
      if (focused) thumbs[helpful ? 0 : 1].focus();
    }));
    return made;
  };
  return [element("div", { class: "feedback", role: "group", "aria-label": words.rate }, ...thumbs, said), place];
}
