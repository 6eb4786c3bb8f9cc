// @ts-check
/** Waiting: for a time, for the connection, for a turn among the browser's tabs. */

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * @param {number} ms less if the signal is given
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export const pause = (ms, signal) => new Promise((resolve) => {
  const done = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", done);
    resolve();
  };
  const timer = setTimeout(done, ms);
  if (signal?.aborted) done();
  signal?.addEventListener("abort", done);
});

/**
 * @param {number} ms less if the browser finds its connection again, or the signal is given
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export async function pauseOffline(ms, signal) {
  const back = new AbortController();
  const wake = () => back.abort();
  addEventListener("online", wake);
  signal?.addEventListener("abort", wake);
  if (signal?.aborted) wake();
  await pause(ms, back.signal);
  removeEventListener("online", wake);
  signal?.removeEventListener("abort", wake);
}

/** @param {number} failures so far, at least 1 */
export function backoffMs(failures) {
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return ms * (0.75 + Math.random() / 2); // so that browsers do not all come back in the same moment
}

/**
 * Does the work while no other tab does it. Without Web Locks (a page on plain http) the tabs do it side by side; a message
 * happens once all the same, by its client's id.
 *
 * @template Result
 * @param {string} name
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function alone(name, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, work);
}
