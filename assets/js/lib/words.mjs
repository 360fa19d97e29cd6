/** Words for the closed vocabularies of `data/domain/words.py`; the orders travel on the wire. */
import { t } from "./i18n.mjs";
import { statusName } from "./marks.mjs";

export const DEVICE_KINDS = ["smoke", "gas", "heat", "pressure", "level", "electrical", "camera", "transmitter", "charger"];
export const CATEGORIES = [
  "three_in_one", "public_assembly", "rental", "residential", "school", "medical", "care", "heritage",
  "bank", "logistics", "power", "water", "industrial", "warehouse", "small_unit",
];
export const ALARM_KINDS = ["fire", "prealarm", "fault", "supervisory"];
export const FALSE_CAUSES = [
  "cooking", "steam", "smoking", "incense", "fireworks", "dust", "insects", "works", "weather", "device", "misuse", "other",
];
export const CAMERA = DEVICE_KINDS.indexOf("camera");

const table = (words) => (name) => words()[name] ?? name;

const status = table(() => ({
  normal: t("正常"), disabled: t("停用"), stale: t("失联"), fault: t("故障"), prealarm: t("预警"), alarm: t("火警"),
}));

/** @param {number|string} value status byte or name */
export const statusWord = (value) => status(typeof value === "number" ? statusName(value) : value);

/** @param {string} kind */
export const alarmKindWord = table(() => ({
  fire: t("火警"), prealarm: t("预警"), fault: t("故障"), supervisory: t("监管"),
}));

const deviceKind = table(() => ({
  smoke: t("独立感烟"), gas: t("可燃气体"), heat: t("感温"), pressure: t("水压"), level: t("液位"),
  electrical: t("电气火灾"), camera: t("视频"), transmitter: t("用户信息传输装置"), charger: t("电动自行车充电桩"),
}));

/** @param {number|string} value index on the wire, or name */
export const deviceKindWord = (value) => deviceKind(typeof value === "number" ? DEVICE_KINDS[value] : value);

const category = table(() => ({
  three_in_one: t("三合一"), public_assembly: t("公众聚集"), rental: t("出租屋"), residential: t("住宅小区"),
  school: t("学校"), medical: t("医疗"), care: t("养老/民政"), heritage: t("文物"), bank: t("银行"),
  logistics: t("物流"), power: t("电力"), water: t("供水"), industrial: t("工业"), warehouse: t("仓储"), small_unit: t("小单位"),
}));

/** @param {number|string} value index on the wire, or name */
export const categoryWord = (value) => category(typeof value === "number" ? CATEGORIES[value] : value);

/** @param {string} cause a cause of `data/domain/rules.py` */
export const causeWord = table(() => ({
  smoke_fire: t("烟雾达到火警值"), smoke_high: t("烟雾偏高"), heat_fire: t("温度达到火警值"), heat_high: t("温度偏高"),
  gas_fire: t("燃气浓度达到报警值"), gas_leak: t("燃气泄漏"), pressure_low: t("水压过低"), pressure_high: t("水压过高"),
  level_low: t("液位过低"), cable_fire: t("线缆温度达到火警值"), cable_hot: t("线缆过热"), leakage: t("剩余电流过大"),
  charger_fire: t("充电桩温度达到火警值"), charger_hot: t("充电桩过热"), charger_overload: t("充电过载"),
  battery_low: t("电池电量低"), reported_fire: t("设备上报火警"), manual_fire: t("手动报警按钮按下"), reported_prealarm: t("设备上报预警"), reported_fault: t("设备上报故障"),
  test_bit_fire: t("设备上报火警（测试位）"), reported_supervisory: t("设备上报监管信号"),
}));

/** @param {string} verdict */
export const verdictWord = table(() => ({ real: t("真警"), false: t("误报"), test: t("测试"), drill: t("演练") }));

/** @param {string} cause what a false alarm came from */
export const falseCauseWord = table(() => ({
  cooking: t("做饭油烟"), steam: t("水汽"), smoking: t("吸烟"), incense: t("燃香祭祀"), fireworks: t("燃放烟花爆竹"), dust: t("粉尘"),
  insects: t("昆虫"), works: t("施工"), weather: t("天气"), device: t("设备故障"), misuse: t("误操作"), other: t("其他"),
}));

/** @param {string} stage how far the response to an incident is */
export const responseWord = table(() => ({
  none: "", dispatched: t("已派出"), arrived: t("已到场"), controlled: t("已控制"), ended: t("处置结束"),
}));

/** Longer spans are told in minutes. */
const IN_SECONDS = 120;

/** Why an incident is believed, `smoke+heat/90` in words. @param {string} written */
export function confidenceWord(written) {
  if (written === "manual") return t("手动报警按钮按下");
  const [, names, n] = /^([a-z]+(?:\+[a-z]+)+)\/(\d+)$/.exec(written) ?? [];
  if (!names) return written;
  const counted = new Map();
  for (const name of names.split("+")) counted.set(name, (counted.get(name) ?? 0) + 1);
  const word = (name) => (name === "manual" ? t("手动报警按钮") : deviceKindWord(name));
  const kinds = [...counted].map(([name, times]) => (times > 1 ? `${word(name)} ×${times}` : word(name))).join(" + ");
  const seconds = Number(n);
  if (seconds === 0) return t("{kinds}，同时", { kinds });
  return seconds <= IN_SECONDS ? t("{kinds}，{n} 秒内", { kinds, n: seconds }) : t("{kinds}，{n} 分钟内", { kinds, n: Math.ceil(seconds / 60) });
}

const UNITS = {
  smoke_fire: "%", smoke_high: "%", heat_fire: "℃", heat_high: "℃", gas_fire: "%LEL", gas_leak: "%LEL",
  pressure_low: "MPa", pressure_high: "MPa", level_low: "m", cable_fire: "℃", cable_hot: "℃", leakage: "mA",
  charger_fire: "℃", charger_hot: "℃", charger_overload: "W", battery_low: "%",
};

/** Unit of the value that raised an alarm for this cause; empty if it has none. */
export const causeUnit = (cause) => UNITS[cause] ?? "";
