// What went over the wire, newest last.
import { el } from "./dom.js";
import { clock } from "./times.js";

export function drawLog(entries, world, { open, toggle }) {
  const box = document.getElementById("log");
  const newest = entries.at(-1)?.n ?? 0;
  if (box.dataset.key === `${newest} ${open}`) return;
  box.dataset.key = `${newest} ${open}`;
  box.classList.toggle("open", open);
  const zone = world.users.find((user) => user.id === world.me)?.tz ?? "UTC";
  const rows = entries.map((entry) => {
    const out = entry.direction === "to_app";
    const bad = entry.status === 0 || entry.status >= 400;
    return el(
      "tr",
      { class: bad ? "bad" : "" },
      el("td", { class: "quiet", text: clock(entry.at, zone) }),
      el("td", { text: out ? "Slack → app" : "app → Slack", class: out ? "out" : "in" }),
      el("td", {}, el("code", { text: entry.what })),
      el("td", { text: entry.status || "no answer" }),
      el("td", { class: "ms", text: `${entry.ms} ms` }),
      el("td", { class: "summary", text: entry.summary }),
    );
  });
  const list = el("div", { class: "log-rows", tabindex: 0 }, el("table", {}, el("tbody", {}, rows)));
  box.replaceChildren(
    el("button", { type: "button", class: "log-head", "aria-expanded": String(open), onclick: toggle }, el("span", { text: open ? "▾" : "▸" }), " Requests between Slack and the app", el("span", { class: "quiet", text: ` ${newest}` })),
    ...(open ? [list] : []),
  );
  list.scrollTop = list.scrollHeight;
}
