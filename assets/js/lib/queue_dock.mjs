/** The foot of the queue: the form of the alarm that a person judges. It stays while rows come and go. */
import { acknowledge, closeAlarm, confirmFire, shelve, unshelve } from "./commands.mjs";
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { actionsOf, whereOf, wordOf } from "./queue_row.mjs";
import { StepForm } from "./step_form.mjs";
import { confirmForm, shelveForm, verdictForm } from "./verdict.mjs";

const FORMS = {
  verdict: { form: verdictForm, send: (id, { verdict, cause = null }, note) => closeAlarm(id, { verdict, cause, note }) },
  confirm: { form: confirmForm, send: (id, _values, note) => confirmFire(id, note) },
  shelve: { form: shelveForm, send: (id, { minutes }, reason) => shelve(id, { minutes: Number(minutes), reason }) },
};
const AT_ONCE = { acknowledge, unshelve };

export class QueueDock {
  #open = null;

  /** @param {HTMLElement} dock the empty container @param {(id: number, send: () => Promise<unknown>) => void} command */
  constructor(dock, command) {
    Object.assign(this, { dock, command });
  }

  /** @param {string} action @param {object} alarm */
  act(action, alarm) {
    if (!actionsOf(alarm).includes(action)) return;
    if (action in AT_ONCE) this.command(alarm.id, () => AT_ONCE[action](alarm.id));
    else if (this.#open?.action === action && this.#open.id === alarm.id) this.close();
    else this.#show(action, alarm);
  }

  #show(action, alarm) {
    const { form, send } = FORMS[action];
    const { word, ...options } = form();
    const { element } = new StepForm({
      ...options,
      title: t("{action} · {alarm} · {where}", { action: word, alarm: wordOf(alarm), where: whereOf(alarm) }),
      onSend: (values, note) => {
        this.close();
        this.command(alarm.id, () => send(alarm.id, values, note));
      },
      onCancel: () => this.close(),
    });
    this.#open = { action, id: alarm.id };
    this.dock.replaceChildren(element);
    element.focus();
  }

  close() {
    if (!this.#open) return;
    const row = document.getElementById(`alarm-${this.#open.id}`);
    this.#open = null;
    this.dock.replaceChildren();
    row?.focus({ preventScroll: true });
  }

  /** Says so when somebody else has ended the alarm meanwhile. @param {Map<number, object>} alarms open ones */
  settle(alarms) {
    if (!this.#open || alarms.has(this.#open.id)) return;
    this.#open = null;
    this.dock.replaceChildren(el("p", { class: "queue-said", role: "status", text: t("这条报警已被他人结束") }));
  }
}
