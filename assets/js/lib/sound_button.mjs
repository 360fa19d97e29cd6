/** The mute button of the queue with its countdown, and the notice that the browser blocks sound. */
import { el, setAttr, setText } from "./dom.mjs";
import { clock } from "./format.mjs";
import { t } from "./i18n.mjs";

/**
 * @param {HTMLElement} head where the button goes
 * @param {import("./sound.mjs").Siren} siren
 */
export function soundButton(head, siren) {
  const button = el("button", { type: "button", class: "button button-small sound-button" });
  const paint = () => {
    const state = siren.muted ? "muted" : siren.blocked ? "blocked" : "on";
    setAttr(button, "data-sound", state);
    setAttr(button, "aria-pressed", String(siren.muted));
    setText(button, { muted: t("静音 {left}", { left: clock(siren.left) }), blocked: t("声音被浏览器阻止，点此开启"), on: t("声音开") }[state]);
    button.title = { muted: t("到时或有新火警时自动恢复（M）"), blocked: t("浏览器要求先点击页面"), on: t("静音 5 分钟，新火警照响（M）") }[state];
  };
  button.addEventListener("click", () => siren.toggle());
  siren.on(paint);
  setInterval(paint, 1000); // the countdown
  head.append(button);
  paint();
  siren.arm(); // says at once whether the browser would block a fire's sound
  document.addEventListener("pointerdown", () => siren.blocked && siren.arm(), { capture: true });
  document.addEventListener("keydown", () => siren.blocked && siren.arm(), { capture: true });
}
