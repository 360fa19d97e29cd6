/** A screen never lies about age: the header says how fresh the data is, and its loss is told at large. */
import { byId, el, setAttr, setText } from "./dom.mjs";
import { age, seconds, time } from "./format.mjs";
import { t } from "./i18n.mjs";
import * as ids from "./ids.mjs";
import { onTick } from "./ticker.mjs";

/** Readings this old are told apart from the stream's own health. */
export const OLD_DATA_MS = 60_000;

/**
 * What to say of the data.
 * @param {{live: boolean, known: boolean, silentMs: number, dataAgeMs: number|null}} health
 * @returns {{state: "live"|"old"|"lost"|"waiting", text: string}}
 */
export function describe({ live, known, dataAgeMs }) {
  if (!known) return { state: "waiting", text: t("正在连接") };
  if (!live) return { state: "lost", text: t("数据中断") };
  if (dataAgeMs === null) return { state: "old", text: t("还没有读数") };
  if (dataAgeMs > OLD_DATA_MS) return { state: "old", text: t("最新读数 {age}", { age: age(dataAgeMs) }) };
  return { state: "live", text: t("数据正常 {age}", { age: seconds(dataAgeMs) }) };
}

function fillNotice(notice) {
  if (notice.firstChild) return;
  notice.append(
    el("strong", { class: "stream-lost-title", text: t("数据中断") }),
    el("p", { class: "stream-lost-age" }),
    el("p", { class: "stream-lost-hint", text: t("画面停在中断之时，正在重新连接；报警请以现场和电话为准") }),
  );
}

function paintNotice(state, health) {
  const notice = byId(ids.STREAM_LOST);
  if (!notice) return;
  const lost = state === "lost";
  if (lost) {
    fillNotice(notice);
    const parts = { time: time(Date.now() - health.silentMs), age: age(health.silentMs) };
    setText(notice.querySelector(".stream-lost-age"), t("最后更新 {time} · {age}", parts));
  }
  setAttr(notice, "hidden", lost ? null : "");
}

function paint(health) {
  const { state, text } = describe(health);
  document.documentElement.dataset.live = state;
  const badge = byId(ids.HEADER_DATA_AGE);
  setText(badge, text);
  if (badge) setAttr(badge, "data-state", state);
  paintNotice(state, health);
}

/**
 * Keeps header and notice true.
 * @param {import("./picture.mjs").Picture} picture
 */
export function watchHealth(picture) {
  const tell = () => paint(picture.client.health());
  const tick = () => setText(byId(ids.HEADER_CLOCK), time(picture.client.serverNow()));
  picture.onHealth(tell);
  onTick(tick);
  tick();
  tell();
}
