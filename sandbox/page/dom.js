// Making elements without ever parsing text as markup.

// Builds <tag>; `attrs` may hold class, text, on… handlers, dataset and plain attributes.
export function el(tag, attrs = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attrs)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const ICONS = {
  eye: "M1 8s2.6-4.5 7-4.5S15 8 15 8s-2.6 4.5-7 4.5S1 8 1 8Zm7 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  people: "M6 7.5A2.5 2.5 0 1 0 6 2.500a2.500 2.500 0 0 0 0 5ZM1.500 13c0-2.500 1.800-4 4.500-4s4.500 1.500 4.500 4M10.500 7.300a2.200 2.200 0 0 0 0-4.400M11.500 9.200c1.900.300 3 1.700 3 3.800",
  reply: "M2 3h12v8H7.500L4.500 13.500V11H2Z",
  file: "M3.500 1.500h6l3 3v10h-9ZM9.500 1.500v3h3M5.500 8h5M5.500 10.500h5",
  picture: "M1.500 2.500h13v11h-13ZM2 12l4-4.500 3 3 2-2 3.500 3.500M11 6.500a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z",
};

// A line drawing of 16 × 16: emoji need a font that not every machine has.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "drawn");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// Links lead out only over schemes that cannot run anything.
export function link(url, children) {
  if (!/^(https?:|mailto:)/i.test(url)) return el("span", {}, ...children);
  return el(
    "a",
    { href: url, title: url, target: "_blank", rel: "noopener noreferrer" },
    ...children,
  );
}

const COLOURS = ["#2f6f9f", "#8a3ffc", "#007d79", "#b8562c", "#9f1853", "#3d70b2", "#5c7f0b"];

// A square with initials, in a colour that stays with the person.
export function face(person, size = 36) {
  const name = person?.display_name || person?.real_name || "?";
  const sum = [...(person?.id ?? "?")].reduce((total, char) => total + char.charCodeAt(0), 0);
  const words = (person?.real_name || name).split(/\s+/);
  const initials = person?.is_bot ? name[0] : words.map((word) => word[0]).join("").slice(0, 2);
  const node = el("span", { class: `face${person?.is_bot ? " app" : ""}`, "aria-hidden": "true" });
  node.textContent = initials.toUpperCase();
  node.style.setProperty("--size", `${size}px`);
  node.style.setProperty("--colour", COLOURS[sum % COLOURS.length]);
  if (person && !person.is_bot && !person.deleted) node.append(presence(person));
  return node;
}

// Whether somebody is there, and whether they want quiet; both in words for those who cannot see.
export const presenceOf = (person) =>
  [person.presence === "active" ? "active" : "away", person.quiet ? "notifications paused" : ""].filter(Boolean).join(", ");

function presence(person) {
  const kind = `presence ${person.presence}${person.quiet ? " quiet-hours" : ""}`;
  return el("span", { class: kind, title: presenceOf(person), text: person.quiet ? "z" : "" });
}

// Keeps Tab inside `box` and calls `leave` on Escape.
export function trap(box, leave) {
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      leave();
    }
    if (event.key !== "Tab") return;
    const stops = [...box.querySelectorAll("button, input, select, textarea, a[href]")].filter(
      (stop) => !stop.disabled && stop.offsetParent !== null,
    );
    if (!stops.length) return;
    const last = stops.length - 1;
    const index = stops.indexOf(document.activeElement);
    if (event.shiftKey && index <= 0) {
      event.preventDefault();
      stops[last].focus();
    } else if (!event.shiftKey && index === last) {
      event.preventDefault();
      stops[0].focus();
    }
  });
}
