/** The leaders' week: the clock in the header and the print button; everything else is the server's. */
import { byId, setText } from "./lib/dom.mjs";
import { time } from "./lib/format.mjs";
import * as ids from "./lib/ids.mjs";

setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), 1000);

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-action="print"]')) window.print();
});
