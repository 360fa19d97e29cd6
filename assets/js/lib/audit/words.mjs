/** What the audit's words mean. */
import { t } from "../i18n.mjs";

const ACTIONS = {
  "account-added": () => t("新建账号"),
  "account-disabled": () => t("停用账号"),
  "addresses.imported": () => t("导入传输装置地址"),
  "alarm.acknowledged": () => t("确认报警"),
  "alarm.bulk_acknowledged": () => t("批量确认报警"),
  "alarm.closed": () => t("关闭报警"),
  "alarm.confirmed": () => t("确认为火警"),
  "alarm.shelved": () => t("屏蔽报警"),
  "alarm.unshelved": () => t("解除屏蔽"),
  "audit.exported": () => t("导出审计"),
  "audit.pruned": () => t("清理到期审计"),
  "device.back_in_service": () => t("恢复设备"),
  "device.out_of_service": () => t("停用设备"),
  "display.paired": () => t("配对大屏"),
  "display.refused": () => t("配对码不符"),
  "display.revoked": () => t("撤销大屏"),
  duty_check: () => t("查岗"),
  "fire.recorded": () => t("登记火灾"),
  "history.exported": () => t("导出历史"),
  "incident.arrived": () => t("到达现场"),
  "incident.checked": () => t("勾选处置项"),
  "incident.closed": () => t("关闭警情"),
  "incident.controlled": () => t("火势控制"),
  "incident.dispatched": () => t("派出力量"),
  "incident.ended": () => t("处置结束"),
  "incident.merged": () => t("合并警情"),
  "incident.noted": () => t("添加备注"),
  "incident.photographed": () => t("上传照片"),
  "incident.split": () => t("拆分警情"),
  "key.added": () => t("新建接口密钥"),
  "key.revoked": () => t("吊销接口密钥"),
  "letter.replayed": () => t("重放死信"),
  "letters.discarded": () => t("丢弃死信"),
  "password-reset": () => t("重设密码"),
  "reference.import": () => t("导入基础数据"),
  "request.refused": () => t("拒绝请求"),
  "rule.changed": () => t("修改规则"),
  "rule.reset": () => t("恢复规则"),
  "sessions-revoked": () => t("结束会话"),
  "sign-in": () => t("登录"),
  "sign-in-failed": () => t("登录失败"),
  "sign-out": () => t("退出"),
};

/** Everything that is written, by its code. */
export const CODES = Object.keys(ACTIONS);

/** @param {string} code an unknown one is shown as it is */
export const actionWord = (code) => ACTIONS[code]?.() ?? code;

/** @param {string} result done or refused */
export const resultWord = (result) => (result === "refused" ? t("已拒绝") : t("已完成"));

/**
 * What changed, a line for each value.
 * @param {{before: object, after: object, detail: object}} row
 * @returns {{name: string, before: string|null, after: string}[]}
 */
export function changesOf({ before, after, detail }) {
  const text = (value) => (value === null || value === undefined ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value));
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const asked = Object.keys(detail).filter((name) => !changed.includes(name));
  return [
    ...asked.map((name) => ({ name, before: null, after: text(detail[name]) })),
    ...changed.map((name) => ({ name, before: text(before[name]), after: text(after[name]) })),
  ];
}
