// @ts-check
/** Making elements: attributes and text nodes only, never markup, never an inline style. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * @param {string} label
 * @param {string} className
 * @param {() => unknown} onClick
 */
export function button(label, className, onClick) {
  const made = element("button", { type: "button", class: className }, label);
  made.addEventListener("click", safely(onClick));
  return made;
}

/**
 * @param {string} label said, not shown
 * @param {string} className
 * @param {string} picture
 * @param {() => unknown} onClick
 */
export function iconButton(label, className, picture, onClick) {
  const made = button("", className, onClick);
  made.setAttribute("aria-label", label);
  made.append(icon(picture));
  return made;
}

/** @type {Record<string, string>} paths in a field of 24 by 24 */
const PICTURES = {
  chat: "M4 5.5h16v11H10.5L6 20.5v-4H4zM8.5 9.5h7M8.5 12.5h4.5",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9.5l6 6 6-6",
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M4.5 12h14M12.5 6l6 6-6 6",
  thumb: "M7 10.5v10H3.5v-10zM7 11l4.2-7.6c1.5 0 2.4 1 2.4 2.4 0 1.2-.4 2.5-.9 3.7h5.9c1.3 0 2.2 1.2 1.9 2.5L19 18.5c-.2 1-1.1 "
    + "1.7-2.2 1.7H10c-1.2 0-2.2-.3-3-.9",
  calendar: "M4 6.5h16v13.5H4zM4 11h16M8.5 4v4M15.5 4v4",
  phone: "M6 3.5h3.2l1.6 4.2-2.1 1.6a11 11 0 0 0 5.9 5.9l1.6-2.1 4.3 1.6V18c0 1.4-1.1 2.5-2.5 2.5A14.5 14.5 0 0 1 3.5 6 2.5 2.5 0 0 1 6 3.5z",
  warning: "M12 3.5l9 16.5H3zM12 10v4.5M12 17.2h.01",
  heart: "M12 20C5.5 15.8 3.5 12.6 3.5 9.4 3.5 6.8 5.5 5 7.8 5c1.8 0 3.3 1 4.2 2.7C12.9 6 14.4 5 16.2 5c2.3 0 4.3 1.8 4.3 4.4 0 3.2-2 6.4-8.5 10.6z",
};

/** @param {string} name of PICTURES */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PICTURES[name]);
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) {
    drawing.setAttribute(key, value);
  }
  drawing.append(path);
  return drawing;
}

/**
 * Wraps what the page's events call: a fault of the chat is reported, and never becomes one of the page.
 *
 * @template {any[]} Arguments
 * @param {(...given: Arguments) => unknown} work
 * @returns {(...given: Arguments) => void}
 */
export function safely(work) {
  return (...given) => {
    try {
      const result = work(...given);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  };
}

/** @param {unknown} error */
function report(error) {
  console.error("clinic-chat:", error);
}

/**
 * Hands a file to the browser, to be saved.
 *
 * @param {Blob} content
 * @param {string} name
 */
export function save(content, name) {
  const href = URL.createObjectURL(content);
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
