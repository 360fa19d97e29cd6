/** The figures of the KPI strip; pure. */
import { t } from "./i18n.mjs";
import { DISABLED, STALE } from "./marks.mjs";

/** ISA-18.2: a flood begins above ten alarms in ten minutes and ends below five. */
export const FLOOD_BEGINS = 10;
export const FLOOD_ENDS = 5;

/**
 * How much the alarms ask of one person.
 * @param {number} rate alarms in the last 10 min
 * @param {"normal"|"high"|"flood"} previous a flood lasts until the rate is below five
 */
export function load(rate, previous = "normal") {
  if (rate > FLOOD_BEGINS || (previous === "flood" && rate >= FLOOD_ENDS)) return "flood";
  return rate >= FLOOD_ENDS ? "high" : "normal";
}

/** @param {"normal"|"high"|"flood"} name */
export const loadWord = (name) => ({ normal: t("负荷正常"), high: t("负荷偏高"), flood: t("报警洪泛") })[name];

/** Devices in service. @param {ArrayLike<number>} counts devices by status byte */
export const inService = (counts) => Array.from(counts).reduce((sum, n) => sum + n, 0) - counts[DISABLED];

/**
 * Share of the devices in service that report, null when none is in service: a device out of service is
 * neither online nor silent. `data/domain/devices.py` counts alike.
 * @param {ArrayLike<number>} counts devices by status byte
 */
export function onlineShare(counts) {
  const used = inService(counts);
  return used > 0 ? (used - counts[STALE]) / used : null;
}
