// @ts-check
/** Waiting: for a time, for the connection, for somebody to look at the page. */

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {number} ms less if the browser finds its connection again
 * @returns {Promise<void>}
 */
export const pauseOffline = (ms) => new Promise((resolve) => {
  const done = () => {
    clearTimeout(timer);
    removeEventListener("online", done);
    resolve();
  };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
});

/** A page that nobody looks at needs no stream; what it missed comes when it is looked at again. */
export async function pageVisible() {
  if (!document.hidden) return;
  await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** @param {number} failures so far, at least 1 */
export function backoffMs(failures) {
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return ms * (0.75 + Math.random() / 2); // so that browsers do not all come back in the same moment
}
