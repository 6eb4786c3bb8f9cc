// @ts-check
/**
 * What `<script src="https://CLINIC/widget.js" defer></script>` runs: it brings the modules and puts the chat on the page.
 *
 * It is a classic script, so that it knows its own address and needs no attribute of the page. The gateway fills in what it
 * serves. If the modules cannot be brought, the button still opens, with whom to call.
 */
(() => {
  /**
   * @typedef {{text: string, lang: string}} Approved a text of the clinic's, word for word, and its language
   * @typedef {object} Served
   * @property {string} version of the modules: part of their address
   * @property {{name: string, phone: string, phoneLink: string, sms: boolean}} clinic `phoneLink` is a tel: address or empty
   * @property {Record<string, Approved[]>} emergency by language of the interface
   * @property {string[]} starters
   *
   * @typedef {{open(): void, close(): void, toggle(): void, send(text: string): void, readonly isOpen: boolean}} Controls
   */

  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement) || "ClinicChat" in window) return;

  /** @type {Served} */
  const served = /* SERVED */ JSON.parse("null");
  const base = new URL(".", script.src).href;
  const TAG = "clinic-chat";

  /** @type {Controls | null} */
  let controls = null;
  /** @type {((ready: Controls) => void)[]} */
  const waiting = [];

  /** @param {(ready: Controls) => void} work done now, or once the chat is there */
  const whenReady = (work) => {
    if (controls) work(controls);
    else waiting.push(work);
  };

  Object.defineProperty(window, "ClinicChat", {
    enumerable: true,
    value: Object.freeze({
      open: () => whenReady((chat) => chat.open()),
      close: () => whenReady((chat) => chat.close()),
      toggle: () => whenReady((chat) => chat.toggle()),
      /** @param {string} text */
      send: (text) => whenReady((chat) => chat.send(String(text))),
      /**
       * @param {string} type open, close, message, booking or connection
       * @param {(detail: unknown) => void} listener
       * @returns {() => void} ends it
       */
      on(type, listener) {
        /** @param {Event} event */
        const heard = (event) => listener(event instanceof CustomEvent ? event.detail : null);
        document.addEventListener(`${TAG}:${type}`, heard);
        return () => document.removeEventListener(`${TAG}:${type}`, heard);
      },
      get isOpen() {
        return controls?.isOpen ?? false;
      },
    }),
  });

  /** @param {Controls} ready */
  const take = (ready) => {
    controls = ready;
    for (const work of waiting.splice(0)) work(ready);
  };

  /** @returns {HTMLElement} the page's own element, or one with the script's data- attributes */
  const place = () => {
    const found = document.querySelector(TAG);
    if (found instanceof HTMLElement) return found;
    const made = document.createElement(TAG);
    for (const { name, value } of script.attributes) {
      if (name.startsWith("data-")) made.setAttribute(name.slice("data-".length), value);
    }
    document.documentElement.append(made); // not into the body: a transform on that would carry the chat along
    return made;
  };

  let attempts = 0;

  /** @returns {Promise<void>} rejects where a file cannot be had */
  const bring = async () => {
    // Another address for every attempt: a browser keeps the failure of a module under its address.
    attempts += 1;
    const folder = `${base}widget/${served.version}${attempts > 1 ? `-${attempts}` : ""}/`;
    const style = fetch(`${folder}widget.css`, { credentials: "omit" }).then((answer) => {
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return answer.text();
    });
    style.catch(() => {}); // told below, where it is awaited
    const main = await import(`${folder}main.js`);
    take(main.start({ served, base, style: await style, place }));
  };

  /** The chat without its modules: whom to call, and another attempt whenever it is opened. */
  const standIn = () => {
    const spanish = document.documentElement.lang.toLowerCase().startsWith("es");
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    dress(
      root,
      ":host{all:initial!important;position:fixed!important;z-index:2147483000!important;inset:auto 1em 1em auto!important;" +
      "font:100%/1.5 system-ui,sans-serif!important;color-scheme:light dark!important}" +
      "section{max-width:20em;margin-bottom:.5em;padding:1em;border:1px solid;border-radius:.75em;background:Canvas;color:CanvasText}" +
      "section[hidden]{display:none}p{margin:0 0 .5em}a{color:LinkText;font-weight:bold;display:inline-block;line-height:2.75}" +
      "button{font:inherit;min-height:2.75em;padding:.25em 1.25em;border-radius:2em;border:1px solid;background:#0b5f6b;color:#fff}",
    );
    const card = document.createElement("section");
    card.hidden = true;
    card.append(paragraph(spanish ? "No se puede cargar el chat en este momento." : "The chat cannot be loaded at the moment."));
    for (const { text, lang } of served.emergency[spanish ? "es" : "en"]) card.append(paragraph(text, lang));
    for (const [label, href] of [["911", "tel:911"], ["988", "tel:988"], [served.clinic.phone, served.clinic.phoneLink]]) {
      if (!href) continue;
      const link = document.createElement("a");
      link.href = href;
      link.textContent = label;
      const line = paragraph("");
      line.append(link);
      card.append(line);
    }
    const opener = document.createElement("button");
    opener.textContent = "Chat";
    const controlsOfCard = {
      open: () => show(true),
      close: () => show(false),
      toggle: () => show(card.hidden !== false),
      send: () => show(true),
      get isOpen() {
        return !card.hidden;
      },
    };
    /** @param {boolean} open */
    const show = (open) => {
      card.hidden = !open;
      opener.setAttribute("aria-expanded", String(open));
      if (open) again();
    };
    const again = () => {
      bring().then(() => {
        const wasOpen = !card.hidden;
        host.remove();
        removeEventListener("online", again);
        if (wasOpen) whenReady((chat) => chat.open());
      }, () => {});
    };
    opener.addEventListener("click", controlsOfCard.toggle);
    addEventListener("online", again);
    root.append(card, opener);
    document.documentElement.append(host);
    take(controlsOfCard);
  };

  /**
   * @param {ShadowRoot} root
   * @param {string} css
   */
  const dress = (root, css) => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      // A browser before 2023, in which the modules do not run either.
      const style = document.createElement("style");
      style.textContent = css;
      root.append(style);
    }
  };

  /**
   * @param {string} text
   * @param {string} [lang]
   */
  const paragraph = (text, lang) => {
    const made = document.createElement("p");
    made.textContent = text;
    if (lang) made.lang = lang;
    return made;
  };

  const begin = () => {
    bring().catch((error) => {
      console.error("clinic-chat: its files could not be loaded", error);
      standIn();
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
