/** The feeds page: asks for everything every few seconds, and changes only what differs. */
import { byId, el, setAttr, setText, whenElement } from "./lib/dom.mjs";
import { LetterTable } from "./lib/feeds/letters.mjs";
import { Poll, describe } from "./lib/feeds/poll.mjs";
import { Rates } from "./lib/feeds/rates.mjs";
import { SourceTable } from "./lib/feeds/sources.mjs";
import { Strangers } from "./lib/feeds/strangers.mjs";
import { tickAges } from "./lib/feeds/table.mjs";
import { Transmitters } from "./lib/feeds/transmitters.mjs";
import { time } from "./lib/format.mjs";
import { t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";
import { Rights } from "./lib/rights.mjs";

const SECOND_MS = 1000;

/** How many of each there are, each a way to its place. */
function summary(box) {
  const links = { strangers: ids.FEEDS_STRANGERS, ...(byId(ids.FEEDS_LETTERS) && { letters: ids.FEEDS_LETTERS }), transmitters: ids.FEEDS_TRANSMITTERS, sources: ids.FEEDS_SOURCES };
  const nodes = Object.fromEntries(Object.entries(links).map(([name, id]) => [name, el("a", { class: "chip", href: `#${id}` })]));
  box.append(...Object.values(nodes));
  return (data, lives) => {
    const up = lives ? data.transmitters.rows.filter(({ link }) => link?.up).length : 0;
    const strangers = data.strangers.count + data.points.count;
    setText(nodes.strangers, t("未登记 {n}", { n: strangers }));
    if (nodes.letters) {
      setText(nodes.letters, t("死信 {n}", { n: data.letters.count }));
      setAttr(nodes.letters, "data-late", data.letters.count ? "" : null);
    }
    setText(nodes.transmitters, t("传输装置在线 {n} / {all}", { n: up, all: data.transmitters.rows.length }));
    setText(nodes.sources, t("来源 {n}", { n: data.sources?.length ?? "—" }));
    setAttr(nodes.strangers, "data-late", strangers ? "" : null);
    setAttr(nodes.transmitters, "data-late", up < data.transmitters.rows.length ? "" : null);
  };
}

async function main() {
  const head = await whenElement(ids.FEEDS_STATE);
  const page = head.closest(".feeds");
  const poll = new Poll();
  const rates = new Rates();
  const rights = new Rights(page.dataset);
  const word = el("span", { class: "feeds-age num" });
  const told = el("span", { class: "visually-hidden", role: "status" }); // the running age is not read out
  head.append(word, told);
  let parts = null;
  const paintState = () => {
    const { state, text } = describe(poll, Date.now());
    setText(word, text);
    if (page.dataset.state !== state) setText(told, state === "fresh" ? "" : text);
    setAttr(page, "data-state", state);
  };
  const makeParts = () => {
    const transmitters = new Transmitters(byId(ids.FEEDS_TRANSMITTERS), poll, rates, rights);
    const letters = byId(ids.FEEDS_LETTERS); // for those alone who may replay them
    const all = [new Strangers(byId(ids.FEEDS_STRANGERS), poll, rights), letters && new LetterTable(letters, poll), transmitters, new SourceTable(byId(ids.FEEDS_SOURCES), poll, rates)];
    return { all: all.filter(Boolean), transmitters, sum: summary(head) };
  };
  poll.on(() => {
    if (poll.data && poll.failed === null) {
      parts ??= makeParts();
      parts.all.forEach((part) => part.show());
      parts.sum(poll.data, parts.transmitters.lives);
      tickAges(page, poll.now());
    }
    paintState();
  });
  setInterval(() => {
    setText(byId(ids.HEADER_CLOCK), time(Date.now()));
    tickAges(page, poll.now());
    paintState();
  }, SECOND_MS);
  paintState();
  await poll.ask();
  document.documentElement.dataset.ready = "";
}

main();
