/**
 * Words in the page's language. Messages are Chinese; the page carries the translations as JSON
 * in `<script type="application/json" id="xt-messages">` (empty for Chinese).
 */

let messages = null;
let language = null;

function load() {
  const node = globalThis.document?.getElementById("xt-messages");
  messages = node ? JSON.parse(node.textContent || "{}") : {};
  language = globalThis.document?.documentElement.lang?.startsWith("en") ? "en" : "zh";
}

/** @returns {"zh"|"en"} the language of the page */
export function lang() {
  if (language === null) load();
  return language;
}

/**
 * Replaces the messages, for tests.
 * @param {Record<string, string>} table
 * @param {"zh"|"en"} [name]
 */
export function setMessages(table, name = "zh") {
  messages = table;
  language = name;
}

/**
 * Translates a Chinese message and fills its `{name}` places.
 * @param {string} message
 * @param {Record<string, string|number>} [params]
 */
export function t(message, params = {}) {
  if (messages === null) load();
  const text = messages[message] || message;
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in params ? String(params[name]) : place));
}

/**
 * Chooses a record's name in the page's language.
 * @param {string} zh
 * @param {string|null|undefined} en
 */
export const named = (zh, en) => (lang() === "en" && en ? en : zh);
