// The list of messages. A message's node is kept while nothing about it changes.
import { act, trouble } from "./api.js";
import { blocks } from "./blocks.js";
import { el, face, icon } from "./dom.js";
import { drawFiles } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";
import { clock, day } from "./times.js";

const SLACKBOT = "USLACKBOT";

// Draws `messages` into `box`, reusing nodes; `openThread` is called with a ts.
export function drawMessages(box, messages, world, channel, openThread) {
  const kept = (box.kept ??= new Map());
  const zone = world.users.find((user) => user.id === world.me)?.tz ?? "UTC";
  const wanted = [];
  let last = null;
  let today = null;
  let focused = null;
  for (const message of messages) {
    const date = day(Number(message.ts), world.now, zone);
    if (date !== today) wanted.push(divider(kept, date));
    const grouped = date === today && joins(last, message);
    today = date;
    last = message;
    const author = world.users.find((user) => user.id === message.user);
    const key = JSON.stringify([message, grouped, world.me, Boolean(openThread), author?.presence, author?.quiet, author?.display_name, world.usergroups]);
    let entry = kept.get(message.ts);
    if (entry?.key !== key) {
      focused = entry?.node.contains(document.activeElement) ? message.ts : focused;
      entry = { key, node: draw(message, grouped, world, channel, zone, openThread) };
      kept.set(message.ts, entry);
    }
    wanted.push(entry.node);
  }
  const same = wanted.length === box.children.length && wanted.every((node, at) => box.children[at] === node);
  if (same) return false;
  // Only what moved is touched: a focused button keeps its focus.
  wanted.forEach((node, at) => {
    if (box.children[at] !== node) box.insertBefore(node, box.children[at] ?? null);
  });
  while (box.children.length > wanted.length) box.lastChild.remove();
  // A card that was redrawn under somebody's hands keeps the keyboard.
  if (focused) kept.get(focused).node.focus({ preventScroll: true });
  return true;
}

function divider(kept, date) {
  const key = `day ${date}`;
  if (!kept.has(key)) kept.set(key, { key, node: el("div", { class: "day" }, el("span", { text: date })) });
  return kept.get(key).node;
}

// Slack shows name and face once for messages in quick succession.
function joins(last, message) {
  return (
    last && last.user === message.user && !last.ephemeral_for && !message.ephemeral_for &&
    !message.blocks.length && !message.files?.length && !last.replies?.length && Number(message.ts) - Number(last.ts) < 300
  );
}

function draw(message, grouped, world, channel, zone, openThread) {
  const person = world.users.find((user) => user.id === message.user);
  const time = clock(Number(message.ts), zone);
  const note = el("div", { class: "note", role: "alert", hidden: true });
  const typed = {};
  const host = {
    world,
    typed,
    click: async (one, block, value) => {
      const answer = await act("click", {
        user: world.me, channel: channel.id, ts: message.ts, action_id: one.action_id,
        block_id: block.block_id, value, values: typed, confirmed: true, stale: true,
      });
      note.textContent = trouble(answer) ? `⚠ ${trouble(answer)}` : "";
      note.hidden = !note.textContent;
    },
  };
  const content = message.blocks.length
    ? blocks(message.blocks, host)
    : message.text
      ? [el("div", { class: "b-section" }, el("div", { class: "b-text" }, ...mrkdwn(message.text, world)))]
      : [];
  const name = message.user === SLACKBOT ? "Slackbot" : (person?.display_name ?? message.user);
  return el(
    "article",
    {
      class: ["message", grouped ? "grouped" : "", message.ephemeral_for ? "private" : ""].join(" "),
      data: { ts: message.ts, user: message.user },
      tabindex: "-1",
      "aria-label": `${name}, ${time}`,
    },
    message.ephemeral_for ? el("div", { class: "only-you" }, icon("eye"), " Only visible to you") : null,
    grouped ? el("span", { class: "gutter quiet", text: time }) : face(person),
    el(
      "div",
      { class: "body" },
      grouped ? null : el("div", { class: "byline" }, el("b", { text: name }), message.by_bot ? el("span", { class: "badge", text: "APP" }) : null, el("time", { class: "quiet", text: time })),
      content,
      drawFiles(message.files),
      note,
      openThread ? thread(message, world, openThread) : null,
    ),
  );
}

function thread(message, world, openThread) {
  const replies = message.replies ?? [];
  if (message.ephemeral_for) return null;
  if (!replies.length) {
    return el("button", { type: "button", class: "reply-button", onclick: () => openThread(message.ts), "aria-label": "Reply in thread" }, icon("reply"));
  }
  const people = [...new Set(replies.map((reply) => reply.user))].slice(0, 3);
  return el(
    "button",
    { type: "button", class: "replies", onclick: () => openThread(message.ts) },
    people.map((id) => face(world.users.find((user) => user.id === id), 22)),
    el("span", { text: replies.length === 1 ? "1 reply" : `${replies.length} replies` }),
  );
}
