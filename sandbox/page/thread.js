// The pane beside the messages (on a phone: over them) that shows one thread.
import { makeComposer } from "./composer.js";
import { el } from "./dom.js";
import { drawMessages } from "./messages.js";

const pane = document.getElementById("thread");
let shown = null; // the ts whose frame is there
let place = null;
let box = null;
let origin = null; // what had the focus before
let leave = () => {};

pane.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  leave();
});

export function drawThread(world, channel, ts, close) {
  const parent = ts && channel.messages.find((message) => message.ts === ts);
  pane.hidden = !parent;
  // On a phone the thread covers the rest, which then must not take the keyboard.
  const covered = Boolean(parent) && matchMedia("(max-width: 700px)").matches;
  for (const id of ["top", "main", "log"]) document.getElementById(id).inert = covered;
  leave = close;
  if (!parent) {
    if (shown) giveBack();
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
    // Who opened it by hand goes on in it; a link to a thread takes nothing away.
    if (document.activeElement?.matches(".reply-button, .replies")) {
      origin = document.activeElement.closest("article").dataset.ts;
      form.querySelector("textarea").focus({ preventScroll: true });
    }
  }
  drawMessages(box, [parent, ...parent.replies], world, channel, null);
}

// The focus returns to the message whose thread it was; its button may have been drawn anew.
function giveBack() {
  const message = origin && document.querySelector(`#list [data-ts="${origin}"]`);
  message?.querySelector(".reply-button, .replies")?.focus({ preventScroll: true });
  origin = null;
}
