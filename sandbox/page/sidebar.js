// Channels and the app, with dots where something is unread.
import { el, face, presenceOf } from "./dom.js";

const APP = "U00PULLCORD";
const key = (me) => `seen ${me}`;
const seen = (me) => JSON.parse(sessionStorage.getItem(key(me)) ?? "{}");

export function markSeen(me, channel) {
  if (!channel?.latest) return;
  sessionStorage.setItem(key(me), JSON.stringify({ ...seen(me), [channel.id]: channel.latest }));
}

function unread(world, channel, current) {
  if (channel.id === current?.id || !channel.latest_by_others) return false;
  return Number(channel.latest_by_others) > Number(seen(world.me)[channel.id] ?? 0);
}

// `go` is called with a channel's id, or with "app" where no direct messages exist yet.
export function drawSidebar(world, current, go) {
  const side = document.getElementById("side");
  const where = document.getElementById("where");
  const people = world.users.filter((user) => !user.is_bot && !user.deleted);
  const key = JSON.stringify([people.map((one) => [one.id, one.display_name, one.presence, one.quiet]), world.channels.map((one) => [one.id, one.name, one.is_archived, unread(world, one, current)]), current?.id, world.me]);
  if (side.dataset.key === key) return;
  side.dataset.key = key;
  const named = world.channels.filter((channel) => channel.name && !channel.is_archived);
  const direct = world.channels.find((channel) => channel.is_im);
  const app = world.users.find((user) => user.id === APP);
  const item = (id, mark, label, channel) => {
    const dot = channel && unread(world, channel, current);
    return el(
      "button",
      {
        type: "button", class: `item${dot ? " unread" : ""}`, data: { channel: id },
        "aria-current": id === current?.id ? "page" : null,
        "aria-label": dot ? `${label}, unread` : label, onclick: () => go(id),
      },
      mark, el("span", { class: "item-name", text: label }), dot ? el("span", { class: "dot" }) : null,
    );
  };
  side.replaceChildren(
    el("h2", { text: "Channels" }),
    ...named.map((channel) => item(channel.id, el("span", { class: "hash", text: channel.is_private ? "🔒" : "#" }), channel.name, channel)),
    el("h2", { text: "Apps" }),
    item(direct?.id ?? "app", face(app, 20), "Pullcord", direct),
    el("h2", { id: "people-title", text: "People" }),
    el("ul", { class: "people", "aria-labelledby": "people-title" }, people.map((one) =>
      el("li", { data: { user: one.id } }, face(one, 20), el("span", { class: "item-name", text: one.display_name + (one.id === world.me ? " (you)" : "") }), el("span", { class: "unseen", text: `, ${presenceOf(one)}` })))),
  );
  where.replaceChildren(
    ...named.map((channel) => el("option", { value: channel.id, text: `${unread(world, channel, current) ? "● " : ""}# ${channel.name}` })),
    el("option", { value: direct?.id ?? "app", text: `${direct && unread(world, direct, current) ? "● " : ""}Pullcord` }),
  );
  where.value = current?.id ?? "";
  where.onchange = () => go(where.value);
}
