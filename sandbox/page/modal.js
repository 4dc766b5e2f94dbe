// The visible modal. It is drawn anew only when its hash changes, so typing is never lost.
import { act, trouble } from "./api.js";
import { blocks, showErrors, text } from "./blocks.js";
import { el, trap } from "./dom.js";

let shown = null; // {id, hash, box, typed, shade, errors}
let before = null; // what had the focus

export function drawModal(world) {
  const view = world.views.at(-1);
  if (!view) return hide();
  if (shown?.id === view.id && shown.hash === view.hash) return repaintErrors(view);
  const same = shown?.id === view.id;
  const typed = keep({ ...view.typed, ...(same ? shown.typed : {}) }, view);
  const action = same ? document.activeElement?.dataset.actionId : null;
  if (!shown) before = document.activeElement;
  shown?.shade.remove();
  shown = { id: view.id, hash: view.hash, typed, errors: "" };
  build(view, world);
  repaintErrors(view);
  focusIn(shown.box, action);
}

// An input first; never a button at the end of what has not been read yet. Whoever turns pages with
// the keyboard keeps the button, and still begins at the top.
function focusIn(box, action) {
  const again = action && box.querySelector(`[data-action-id="${CSS.escape(action)}"]`);
  const input = box.querySelector("[data-focus]") ?? box.querySelector(".dialog-body :is(input, textarea, select)");
  (again || input || box.querySelector("button")).focus({ preventScroll: !input });
}

// After an update, what was typed stays where the same input is still there.
function keep(typed, view) {
  const there = new Set(view.blocks.map((block) => block.block_id));
  return Object.fromEntries(Object.entries(typed).filter(([id]) => there.has(id)));
}

function hide() {
  if (!shown) return;
  shown.shade.remove();
  shown = null;
  if (before?.isConnected) before.focus();
}

function build(view, world) {
  const state = shown;
  const close = () => act("view/close", { user: world.me });
  const host = {
    world,
    typed: state.typed,
    inView: true,
    click: async (one, block, value) => {
      const answer = await act("view/click", {
        user: world.me, action_id: one.action_id, block_id: block.block_id, value,
        confirmed: true, values: state.typed,
      });
      say(trouble(answer));
    },
  };
  const note = el("div", { class: "dialog-note", role: "alert", hidden: true });
  const say = (message) => {
    note.textContent = message ?? "";
    note.hidden = !message;
  };
  const send = view.submit
    ? el("button", { type: "submit", class: "btn solid primary", disabled: view.submit_disabled }, ...text(view.submit, world))
    : null;
  const form = el(
    "form",
    { class: "dialog modal", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", novalidate: "", data: { viewId: view.id, callbackId: view.callback_id } },
    el(
      "header",
      { class: "dialog-head" },
      view.previous_view_id ? el("button", { type: "button", class: "icon", "aria-label": "Back", onclick: close, text: "‹" }) : null,
      el("span", { class: "face app", "aria-hidden": "true", text: "P" }),
      el("h2", { id: "modal-title" }, ...text(view.title, world)),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => act("view/close", { user: world.me, all: true }), text: "✕" }),
    ),
    el("div", { class: "dialog-body" }, blocks(view.blocks, host)),
    note,
    el(
      "footer",
      { class: "dialog-foot" },
      el("button", { type: "button", class: "btn", onclick: close }, ...(view.close ? text(view.close, world) : [view.submit ? "Cancel" : "Close"])),
      send,
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!send || send.disabled) return;
    send.disabled = true;
    send.classList.add("busy");
    const answer = await act("view/submit", { user: world.me, values: state.typed });
    send.disabled = false;
    send.classList.remove("busy");
    if (shown !== state) return;
    state.errors = JSON.stringify(answer.errors ?? {});
    showErrors(form, answer.errors ?? {});
    say(answer.trouble ?? (answer.error === "client_validation" ? null : trouble(answer)));
  });
  // Enter in a single-line input submits even where the form has several of them.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) {
      event.preventDefault();
      if (send) form.requestSubmit(send);
    }
  });
  state.box = form;
  state.shade = el("div", { class: "shade" }, form);
  trap(form, close);
  document.getElementById("layers").append(state.shade);
}

function repaintErrors(view) {
  const errors = JSON.stringify(view.errors ?? {});
  if (errors === shown.errors || errors === "{}") return;
  shown.errors = errors;
  showErrors(shown.box, view.errors);
}
