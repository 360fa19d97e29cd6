/** The few DOM helpers that everything shares. */

/**
 * Creates an element. `props` may have `class`, `dataset`, `text`, attributes, and listeners as `onclick`.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|null|false)} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * Resolves with the first element that matches, once it is there.
 * @param {string} selector
 * @returns {Promise<HTMLElement>}
 */
export function whenThere(selector) {
  const find = () => document.querySelector(selector);
  const found = find();
  if (found) return Promise.resolve(found);
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const node = find();
      if (!node) return;
      observer.disconnect();
      resolve(node);
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
}

/** Resolves with the element of an id once Dash has rendered it. @param {string} id */
export const whenElement = (id) => whenThere(`#${id}`);

/** Sets a text only when it differs, so that nothing is laid out again for nothing. */
export function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/** Sets or removes an attribute only when it differs. */
export function setAttr(node, name, value) {
  if (value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}

/**
 * Makes some nodes the children of a list, in order. One that stands where it belongs is left alone, so that nobody
 * loses the focus over it.
 * @param {Element} list @param {Element[]} nodes
 */
export function arrange(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, i) => list.children[i] !== node && list.insertBefore(node, list.children[i] ?? null));
}

/** Whether the person wants nothing to move. */
export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
