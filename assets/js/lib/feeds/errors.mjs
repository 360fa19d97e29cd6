/** What the server says of a refused message, in the reader's language; the catalogue of what it can say. */
import { t } from "../i18n.mjs";

/** Patterns of the ways in and of the rules, each with its words; groups are named. */
const SAID = () => [
  [/^unknown device '(?<a>.*)'$/, t("没有设备 {a}")],
  [/^unknown value '(?<a>.*?)';/, t("不认识的数值 {a}")],
  [/^unknown fields: (?<a>.*)$/, t("多余的字段：{a}")],
  [/^unknown status '?(?<a>.*?)'?;/, t("不认识的状态 {a}")],
  [/^(?<a>\w+) = (?<b>.*) is not within (?<c>.*)$/, t("{a} = {b} 超出 {c}")],
  [/^measured_at (?<a>.*) is more than 5 min in the future$/, t("设备时间 {a} 超前 5 分钟以上")],
  [/^measured_at (?<a>.*) is more than 30 days old$/, t("设备时间 {a} 早于 30 天前")],
  [/^measured_at '?(?<a>.*?)'? is not RFC 3339/, t("设备时间 {a} 不是 RFC 3339 格式")],
  [/^measured_at needs a time zone/, t("设备时间没有时区")],
  [/^(?<a>\w+) must be a string$/, t("{a} 须为文字")],
  [/^(?<a>\w+) must be a (finite )?number/, t("{a} 须为数字")],
  [/^(?<a>\w+) must have 1 to (?<b>\d+) characters$/, t("{a} 须有 1 至 {b} 个字符")],
  [/^a reading needs a status or at least one value$/, t("没有状态，也没有数值")],
  [/^(a reading must be a JSON object|values must be an object)/, t("不是 JSON 对象")],
  [/^(the body|the message|this) is not JSON: (?<a>.*)$/, t("不是 JSON：{a}")],
  [/^the body must be a JSON list/, t("不是 JSON 列表")],
  [/^a batch must have 1 to (?<a>\d+) readings, not (?<b>\d+)$/, t("一批须有 1 至 {a} 条，收到 {b} 条")],
  [/^device_id '(?<a>.*)' is not the topic's '(?<b>.*)'$/, t("设备编号 {a} 与主题中的 {b} 不同")],
  [/^no device at '(?<a>.*)'$/, t("在 {a} 处找不到设备编号")],
  [/^time (?<a>.*) is not (?<b>.*)$/, t("时间 {a} 不是 {b} 格式")],
  [/^status (?<a>.*) is not in the mapping's words$/, t("映射中没有状态 {a}")],
  [/^this key may not report for '(?<a>.*)'$/, t("此密钥不能为 {a} 上报")],
  [/^redis is away$/, t("Redis 不可用")],
  [/^faster than its rate$/, t("超过限定的速率")],
  [/^connection lost: (?<a>.*)$/, t("连接中断：{a}")],
  [/^(the sum of a frame is wrong|the sum is \d+, the frame says \d+)$/, t("校验和错误")],
  [/^nobody registered this transmitter$/, t("传输装置未登记")],
  [/^it could not be recorded$/, t("无法入库")],
  [/^somebody replayed or discarded it before$/, t("已被他人重放或丢弃")],
  [/^there is no dead letter \d+$/, t("已被更新的死信挤掉")],
  [/^what came by (?<a>.*) can't be replayed$/, t("经 {a} 收到的消息不能重放")],
  [/^only the beginning of it was kept$/, t("只保存了开头")],
  [/^the centre takes no command (?<a>\d+)$/, t("命令字节 {a} 不应发给监控中心")],
  [/^one connection speaks for too many transmitters$/, t("一条连接代表的传输装置过多")],
  [/^a transmitter does not send the type (?<a>\d+)$/, t("传输装置不应发送类型标志 {a}")],
  [/^the type (?<a>\d+) is reserved$/, t("类型标志 {a} 未定义")],
  [/^(?<a>\d+) bytes are too few for (?<b>\d+) objects$/, t("{a} 字节不够 {b} 个信息对象")],
  [/^(?<a>\d+) bytes after the last of (?<b>\d+) objects$/, t("{b} 个信息对象之后多出 {a} 字节")],
];

/** @param {string} text what the server said @returns {string} in the reader's language; as it is where it is not known */
export function errorWord(text) {
  for (const [pattern, words] of SAID()) {
    const found = pattern.exec(text);
    if (found) return words.replace(/\{(\w)\}/g, (_place, name) => found.groups?.[name] ?? "");
  }
  return text;
}
