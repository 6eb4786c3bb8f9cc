// @ts-check
/** Which part of the messages is in sight: new ones from their beginning, and never away from what the visitor reads. */

/** @import { Panel } from "./panel.js" */

import { safely } from "./elements.js";

const NEAR_PX = 80;

export class Scrolling {
  #pinned = true; // the visitor looks at the end
  #top = 0; // where the last scrolling ended

  /**
   * @param {Panel} panel
   * @param {() => void} onTop called when the visitor comes near the top
   */
  constructor({ scroller, jump, earlier, log }, onTop) {
    this.scroller = scroller;
    this.jump = jump;
    jump.addEventListener("click", safely(() => {
      this.toEnd();
      scroller.focus({ preventScroll: true });
    }));
    scroller.addEventListener("scroll", safely(() => {
      // What has grown meanwhile also leaves the end out of sight; only the visitor scrolls up.
      if (this.isAtEnd || scroller.scrollTop < this.#top) this.#pinned = this.isAtEnd;
      this.#top = scroller.scrollTop;
      if (this.#pinned) jump.hidden = true;
      if (scroller.scrollTop < NEAR_PX) onTop();
    }), { passive: true });
    // What grows below, such as a word on a failure or a larger field, must not push the last message out of sight.
    const grown = new ResizeObserver(safely(() => {
      if (this.#pinned) this.toEnd();
    }));
    for (const each of [scroller, earlier, log]) grown.observe(each);
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  toEnd() {
    this.#pinned = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** @param {() => void} change above what the visitor reads, which stays in its place */
  keepInPlace(change) {
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    change();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  /**
   * Shows an element from its beginning, so that a long answer is read from its top; or only says that it is there.
   *
   * @param {HTMLElement} target
   * @param {boolean} follow
   */
  show(target, follow) {
    if (!follow) {
      this.jump.hidden = false;
      return;
    }
    const top = target.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.scroller.scrollTop += top - 12; // further than there is, is the end
    this.#pinned = this.isAtEnd;
  }
}
