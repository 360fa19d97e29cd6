/** One pointer for all layers: the topmost thing under it shows a tooltip and is chosen by a click. */
import { el } from "../dom.mjs";
import { markElement } from "../marks.mjs";
import { unitAt } from "./canvas.mjs";

const OFFSET = 14;

/** The first layer that has something there. @param {{hit: Function}[]} layers topmost first */
export function topmost(layers, point, unit) {
  for (const layer of layers) {
    const hit = layer.hit(point, unit);
    if (hit) return hit;
  }
  return null;
}

function fill(box, hit) {
  const lines = hit.lines.map(({ status, text }) => el("li", {}, status ? markElement(status) : "", text));
  box.replaceChildren(
    el("strong", { text: hit.title }),
    hit.sub ? el("span", { class: "quiet", text: hit.sub }) : "",
    el("ul", {}, ...lines),
  );
}

/** Puts the tooltip beside the pointer, inside the map. */
function place(box, container, { x, y }) {
  const [w, h] = [box.offsetWidth, box.offsetHeight];
  const left = x + OFFSET + w > container.clientWidth ? x - OFFSET - w : x + OFFSET;
  const top = y + OFFSET + h > container.clientHeight ? y - OFFSET - h : y + OFFSET;
  box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

/**
 * @param {L.Map} map
 * @param {{hit: Function}[]} layers topmost first
 * @param {(hit: object) => void} onPick
 */
export function pickOn(map, layers, onPick) {
  const container = map.getContainer();
  const box = el("div", { class: "map-tip", role: "tooltip", hidden: true });
  container.append(box);
  let asked = 0;
  let key = null;

  function show(point) {
    asked = 0;
    const hit = topmost(layers, point, unitAt(map, point));
    const next = hit ? `${hit.type}:${hit.id}:${hit.lines.map((line) => line.text).join()}` : null;
    if (next !== key) {
      key = next;
      if (hit) fill(box, hit);
      box.hidden = !hit;
      container.classList.toggle("can-pick", Boolean(hit));
    }
    if (hit) place(box, container, point);
  }

  function hide() {
    cancelAnimationFrame(asked);
    asked = 0;
    key = null;
    box.hidden = true;
    container.classList.remove("can-pick");
  }

  map.on("mousemove", (event) => {
    if (!asked) asked = requestAnimationFrame(() => show(event.containerPoint));
  });
  map.on("mouseout movestart zoomstart", hide);
  map.on("click", (event) => {
    const hit = topmost(layers, event.containerPoint, unitAt(map, event.containerPoint));
    if (hit) onPick(hit);
  });
}
