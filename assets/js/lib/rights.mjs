/** What the reader may do, as the page says it; the server asks again when it is done. */

/** What each button and key of an alarm needs. */
const RIGHT_OF = { acknowledge: "acknowledge", verdict: "judge", confirm: "confirm_fire", shelve: "shelve", unshelve: "shelve" };

export class Rights {
  #held;
  #alarms;

  /** @param {{rights?: string, alarms?: string}} dataset of the page */
  constructor({ rights = "", alarms = "" }) {
    this.#held = new Set(rights.split(" "));
    this.#alarms = new Set(alarms.split(" "));
  }

  /** @param {string} right */
  may(right) {
    return this.#held.has(right);
  }

  /** Whether this may be done with an alarm. @param {string} action @param {{kind: string}} alarm */
  mayDo(action, { kind }) {
    return this.#alarms.has(kind) && this.may(RIGHT_OF[action]);
  }
}
