// The pane beside the messages (on a phone: over them) that shows one thread.
import { makeComposer } from "./composer.js";
import { el } from "./dom.js";
import { drawMessages } from "./messages.js";

const pane = document.getElementById("thread");
let shown = null; // the ts whose frame is there
let place = null;
let box = null;

export function drawThread(world, channel, ts, close) {
  const parent = ts && channel.messages.find((message) => message.ts === ts);
  pane.hidden = !parent;
  if (!parent) {
    shown = null;
    return;
  }
  place = { world, channel, thread_ts: ts };
  if (shown !== `${ts} ${world.me}`) {
    shown = `${ts} ${world.me}`;
    box = el("div", { class: "thread-list" });
    const form = el("form");
    makeComposer(form, () => place)("Reply…");
    pane.replaceChildren(
      el("div", { class: "thread-head" }, el("h2", { text: "Thread" }), el("button", { type: "button", class: "icon", "aria-label": "Close thread", onclick: close, text: "✕" })),
      box,
      form,
    );
  }
  drawMessages(box, [parent, ...parent.replies], world, channel, null);
}
