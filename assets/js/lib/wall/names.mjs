/** Names as they stand in a narrow column. */
import { named, t } from "../i18n.mjs";

/**
 * A community's name without the word that all of them share.
 * @param {string|null} name @param {string|null} nameEn
 */
export const shortName = (name, nameEn) =>
  named((name ?? "").replace(/社区$/, ""), (nameEn ?? "").replace(/ Community$/, "")).replace(/^国营.*$|^State-run.*$/, t("良种场"));
