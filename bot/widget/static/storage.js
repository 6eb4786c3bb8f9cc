// @ts-check
/** Where the browser keeps which conversation is the visitor's. */

/** @import { Credentials } from "./api.js" */

const STORAGE_KEY = "chat.conversation";

/** @returns {Credentials | null} */
export function storedCredentials() {
  try {
    const { id, token } = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null") ?? {};
    return id && token ? { id, token } : null;
  } catch {
    return null; // storage that is switched off or spoilt: the conversation then lasts until the page is left
  }
}

/** @param {Credentials | null} credentials */
export function storeCredentials(credentials) {
  try {
    if (credentials) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(credentials));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // as above
  }
}
