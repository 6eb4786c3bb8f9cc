// @ts-check
/** The steps of a booking: times to pick from, a summary to check, and what was booked. */

/** @import { Booking, Choice } from "./api.js" */
/** @import { Clinic } from "./text.js" */
/** @import { Words } from "./words.js" */

import { isGone } from "./api.js";
import { button, element, icon } from "./elements.js";
import { linked, textBlocks } from "./text.js";

const DAY_AND_TIME = /^(.+?),?\s+(?:at\s+|a las?\s+)?(\d{1,2}(?::\d\d)?\s*(?:[ap]\.?\s?m\.?)?)$/i;

/**
 * Times under the days that they are on, as far as their titles say so; other choices after them.
 *
 * @param {Choice[]} choices
 * @param {Words} words
 * @param {(value: string) => void} choose
 */
export function timeList(choices, words, choose) {
  /** @type {Map<string, HTMLElement>} */
  const days = new Map();
  const others = element("div", { class: "choices" });
  const list = element("div", { class: "times", role: "group", "aria-label": words.times });
  for (const { title, value } of choices) {
    const [, day, time] = DAY_AND_TIME.exec(title) ?? [];
    const made = button(time ?? title, time ? "choice time" : "choice", () => choose(value));
    made.value = value;
    if (!time) {
      others.append(made);
      continue;
    }
    made.setAttribute("aria-label", title);
    const known = days.get(day) ?? element("div", { class: "day" });
    if (!days.has(day)) list.append(element("p", { class: "date" }, icon("calendar"), day), known);
    days.set(day, known);
    known.append(made);
  }
  if (others.childElementCount > 0) list.append(others);
  return list;
}

/**
 * What the visitor is asked to confirm: lines such as "Name: Ana" as a table, the rest as text.
 *
 * @param {string} text
 * @param {Clinic} clinic
 * @returns {HTMLElement[]}
 */
export function confirmBlocks(text, clinic) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const [, name, value] = /^([^:.?!]{1,30}):\s+(.+)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (name === undefined) {
      blocks.push(...textBlocks(line, clinic));
      continue;
    }
    const table = last instanceof HTMLDListElement ? last : element("dl");
    table.append(element("dt", {}, name), element("dd", { dir: "auto" }, ...linked(value, clinic)));
    if (table !== last) blocks.push(table);
  }
  return blocks;
}

/** @type {Record<string, "requested" | "confirmed" | "cancelled" | "aborted">} */
const STATUSES = { requested: "requested", confirmed: "confirmed", cancelled: "cancelled", aborted: "aborted" };

/**
 * @param {Booking} booking
 * @param {Words} words
 * @param {(reference: string) => Promise<void>} calendar saves the file; rejects with an ApiError
 */
export function bookingCard({ reference, status }, words, calendar) {
  const known = STATUSES[status];
  const card = element("div", { class: `card ${known ?? ""}` });
  if (known) card.append(element("p", { class: "label" }, words[known]));
  if (!reference) return card;
  card.append(element("p", {}, `${words.reference}: `, element("strong", { class: "reference" }, reference)));
  if (known !== "requested" && known !== "confirmed") return card;
  const said = element("p", { role: "status" });
  const fetching = button(words.calendar, "choice", async () => {
    said.textContent = "";
    await calendar(reference).catch((error) => {
      said.textContent = isGone(error) ? words.noCalendar : words.calendarLater;
    });
  });
  fetching.prepend(icon("calendar"));
  card.append(fetching, said);
  return card;
}
