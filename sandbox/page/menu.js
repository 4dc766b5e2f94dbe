// The small menu behind ⋯.
import { el } from "./dom.js";

let open = null;

export function closeMenu() {
  open?.remove();
  open = null;
}

// Opens at `anchor`; entries are [value, nodes]; `choose` hears the value.
export function menu(anchor, entries, choose) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const leave = () => {
    closeMenu();
    anchor.focus();
  };
  const list = entries.map(([value, nodes]) =>
    el(
      "button",
      { type: "button", role: "menuitem", data: { value }, onclick: () => { leave(); choose(value); } },
      ...nodes,
    ),
  );
  open = el("div", { class: "menu", role: "menu" }, list);
  open.anchor = anchor;
  open.addEventListener("keydown", (event) => {
    const at = list.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      list[(at + step + list.length) % list.length].focus();
    }
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
  });
  document.getElementById("layers").append(open);
  const place = anchor.getBoundingClientRect();
  const top = place.bottom + 4 + open.offsetHeight > innerHeight
    ? place.top - 4 - open.offsetHeight
    : place.bottom + 4;
  open.style.top = `${Math.max(4, top)}px`;
  open.style.left = `${Math.max(8, Math.min(place.left, innerWidth - open.offsetWidth - 8))}px`;
  list[0].focus();
}

document.addEventListener("click", (event) => {
  if (open && !open.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
});
