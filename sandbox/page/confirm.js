// The dialog an app puts before a click that matters.
import { text } from "./blocks.js";
import { el, trap } from "./dom.js";

// Resolves to true or false; the focus goes back to `origin`.
export function confirmed(confirm, world, origin) {
  return new Promise((resolve) => {
    const done = (answer) => {
      shade.remove();
      origin?.focus();
      resolve(answer);
    };
    const yes = el(
      "button",
      { type: "button", class: `btn solid ${confirm.style === "danger" ? "danger" : "primary"}`, onclick: () => done(true) },
      ...text(confirm.confirm, world),
    );
    const no = el("button", { type: "button", class: "btn", onclick: () => done(false) }, ...text(confirm.deny, world));
    const box = el(
      "div",
      { class: "dialog confirm", role: "alertdialog", "aria-modal": "true", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      el("h2", { id: "confirm-title" }, ...text(confirm.title, world)),
      el("div", { id: "confirm-text", class: "confirm-text" }, ...text(confirm.text, world)),
      el("div", { class: "dialog-foot" }, no, yes),
    );
    const shade = el("div", { class: "shade" }, box);
    trap(box, () => done(false));
    document.getElementById("layers").append(shade);
    yes.focus();
  });
}
