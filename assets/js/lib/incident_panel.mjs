/** Brings the work on an incident to life: forms, checklist, running clocks, and asking again when it changed. */
import { command, upload } from "./commands.mjs";
import { byId, el, setText } from "./dom.mjs";
import { clock } from "./format.mjs";
import { t } from "./i18n.mjs";
import * as ids from "./ids.mjs";
import { formFor, pathOf } from "./incident_forms.mjs";
import { Kept } from "./incident_kept.mjs";
import { onSelection, select } from "./selection.mjs";

const SECOND_MS = 1000;
/** Changes that come together are asked for once. */
const TOGETHER_MS = 250;
/** What counts up while nothing else happens. */
const COUNTS = ["version", "count", "last_at", "value", "received_at"];

/**
 * Whether an alarm's new state is something that an incident's panel tells: not that it was repeated.
 * @param {object} alarm @param {object|null} previous
 */
export function tells(alarm, previous) {
  if (previous === null || alarm.version === previous.version) return previous === null;
  const names = new Set([...Object.keys(alarm), ...Object.keys(previous)]);
  const changed = [...names].filter((name) => !COUNTS.includes(name) && alarm[name] !== previous[name]);
  return changed.length > 0 || alarm.count === previous.count; // only its version: a note, a tick
}

/**
 * Whether the shown panel is about an alarm.
 * @param {DOMStringMap|undefined} article data-* of the drill-down's article
 * @param {object} alarm @param {object|null} previous
 */
export function concerns(article, alarm, previous) {
  if (article?.view === "building") return alarm.building === article.id;
  if (article?.view !== "incident") return false;
  return [alarm.incident, previous?.incident].some((id) => id !== undefined && String(id) === article.id);
}

/**
 * Whether the shown panel is about an incident that people worked on.
 * @param {DOMStringMap|undefined} article data-* of the drill-down's article
 * @param {{id: number, buildings: string[]}} incident
 */
export function tellsOf(article, { id, buildings }) {
  if (article?.view === "incident") return article.id === String(id);
  return article?.view === "building" && buildings.includes(article.id);
}

/** Asks Dash for the part of the panel that people work on. */
function again() {
  if (byId(ids.HANDLING)) window.dash_clientside.set_props(ids.HANDLING_AGAIN, { data: Date.now() });
}

class Panel {
  /** @param {HTMLElement} root the drill-down @param {import("./picture.mjs").Picture} picture */
  constructor(root, picture) {
    this.root = root;
    this.picture = picture;
    this.waiting = 0;
    this.pictures = 0;
    this.kept = new Kept(root);
    this.said = el("p", { class: "handling-said", role: "alert", hidden: true });
  }

  bind() {
    this.root.after(this.said);
    this.kept.listen();
    onSelection(() => this.#say(""));
    new MutationObserver(() => this.#fill()).observe(this.root, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-act", "data-incident", "data-options", "data-alarm"] });
    this.root.addEventListener("click", (event) => this.#onClick(event));
    setInterval(() => this.#tick(), SECOND_MS);
    this.picture.onAlarm((alarm, previous) => tells(alarm, previous) && concerns(this.#shown(), alarm, previous) && this.#askSoon());
    this.picture.onIncident((incident) => tellsOf(this.#shown(), incident) && this.#askSoon());
    this.picture.on(({ full }) => full && this.pictures++ > 0 && this.#askSoon()); // what was missed is not told again
    this.#fill();
  }

  #shown() {
    return this.root.querySelector(".drill")?.dataset;
  }

  #askSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(again, TOGETHER_MS);
  }

  /** Makes the form of each place that has none, or one of another act. */
  #fill() {
    let fresh = false;
    for (const place of this.root.querySelectorAll("[data-act]")) {
      const made = [place.dataset.act, place.dataset.incident, place.dataset.alarm, place.dataset.options].join(" ");
      if (place.made === made && place.firstElementChild) continue;
      place.made = made;
      fresh = true;
      const form = formFor(place, (body) => this.#act(place.dataset, body));
      place.replaceChildren(...(form ? [form] : []));
    }
    if (fresh) this.kept.restore();
  }

  #say(words) {
    setText(this.said, words);
    this.said.hidden = words === "";
  }

  /** Sends what a form says; whether it was carried out. */
  async #act({ act, incident, alarm }, body) {
    this.#say("");
    try {
      const path = pathOf({ act, incident, alarm });
      if (act === "photo") for (const file of body.files) await upload(path, file);
      const answer = act === "photo" ? null : await command(path, body);
      this.kept.forget(incident, act);
      if (act === "split") select({ type: "incident", id: String(answer.id) });
      return true;
    } catch (error) {
      this.#say(error.message);
      return false;
    } finally {
      again();
    }
  }

  async #onClick(event) {
    const button = event.target.closest?.("[data-check]");
    if (!button || button.disabled) return;
    button.disabled = true;
    this.#say("");
    try {
      await command(`/api/v1/incidents/${button.dataset.incident}/check`, { item: button.dataset.check });
    } catch (error) {
      this.#say(error.message);
      button.disabled = false;
    }
    again();
  }

  #tick() {
    const now = this.picture.client.serverNow();
    this.root.querySelectorAll("[data-since]").forEach((node) => setText(node, clock(now - Number(node.dataset.since))));
  }
}

/** @param {HTMLElement} root the drill-down @param {import("./picture.mjs").Picture} picture */
export const bindIncidents = (root, picture) => new Panel(root, picture).bind();
