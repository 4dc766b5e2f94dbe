// The page: who you are, where you are, and a redraw whenever the workspace changes.
import { act, getState, listen, trouble } from "./api.js";
import { blocks } from "./blocks.js";
import { makeComposer } from "./composer.js";
import { el, face, icon } from "./dom.js";
import { drawLog } from "./log.js";
import { drawMessages } from "./messages.js";
import { drawModal } from "./modal.js";
import { drawSidebar, markSeen } from "./sidebar.js";
import { drawThread } from "./thread.js";

const query = new URLSearchParams(location.search);
const permalink = location.pathname.match(/^\/archives\/(\w+)\/p(\d+)(\d{6})$/);
const here = {
  user: query.get("user") ?? sessionStorage.getItem("user") ?? "U01ALICE",
  channel: permalink?.[1] ?? query.get("channel") ?? "C01REV",
  thread: query.get("thread") ?? query.get("thread_ts"),
  tab: query.get("tab"),
  log: query.get("log") !== "0" && (query.get("log") === "1" || innerWidth > 700),
  goal: permalink ? `${permalink[2]}.${permalink[3]}` : null,
};
const byId = (id) => document.getElementById(id);
const list = byId("list");
let world = null;
let channel = null;
let busy = false;
let again = false;
let stayAtEnd = true;

const composer = makeComposer(byId("composer"), () => ({ world, channel }));

function remember() {
  const kept = new URLSearchParams({ user: here.user, channel: here.channel });
  if (here.thread) kept.set("thread", here.thread);
  if (here.tab) kept.set("tab", here.tab);
  if (query.has("log")) kept.set("log", query.get("log"));
  sessionStorage.setItem("user", here.user);
  history.replaceState(null, "", `/?${kept}`);
}

async function go(id) {
  here.thread = here.tab = here.goal = null;
  here.channel = id;
  if (id === "app") await act("home", { user: here.user, tab: "messages" });
  remember();
  await refresh();
}

// One request at a time; changes that arrive meanwhile lead to exactly one more.
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  do {
    again = false;
    const found = await getState(here.user, here.channel).catch(() => null);
    if (found) draw(found);
    else if (here.user !== "U01ALICE") here.user = "U01ALICE";
  } while (again);
  busy = false;
}

function draw(found) {
  const before = channel;
  const person = world?.me;
  world = found;
  channel = world.channels.find((one) => one.id === here.channel) ?? (here.channel === "app" ? world.channels.find((one) => one.is_im) : null);
  if (!channel && here.channel === "app") {
    // Nobody has written there yet: looking at it opens the conversation.
    act("home", { user: here.user, tab: here.tab ?? "messages" });
    return;
  }
  if (!channel?.messages) {
    here.channel = channel?.id ?? world.channels[0]?.id;
    again = Boolean(here.channel);
    return;
  }
  here.channel = channel.id;
  if (!channel.is_im) here.tab = null;
  drawPeople();
  drawHead();
  const moved = before?.id !== channel.id || person !== world.me;
  const atEnd = moved || list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  if (moved) {
    list.kept = null;
    list.replaceChildren();
  }
  if (channel.is_im && here.tab === "home") drawHome();
  else drawMessages(list, channel.messages, world, channel, openThread);
  stayAtEnd = atEnd && here.tab !== "home";
  markSeen(world.me, channel);
  drawSidebar(world, channel, go);
  composer(channel.is_im ? "Message Pullcord" : `Message #${channel.name}`);
  byId("composer").hidden = here.tab === "home";
  drawThread(world, channel, here.thread, () => openThread(null));
  drawModal(world);
  byId("log").hidden = query.get("log") === "0";
  drawLog(world.log, world, { open: here.log, toggle: toggleLog });
  // Last, when everything has its size.
  if (here.goal) reach(here.goal);
  else if (stayAtEnd) list.scrollTop = list.scrollHeight;
  document.title = `${channel.is_im ? "Pullcord" : `#${channel.name}`} · Sandbox`;
}

// A permalink's message is looked for once, in the channel or in the thread that is open.
function reach(ts) {
  here.goal = null;
  const node = document.querySelector(`#main [data-ts="${ts}"], #thread [data-ts="${ts}"]`);
  stayAtEnd = !list.contains(node);
  node?.classList.add("goal");
  node?.scrollIntoView({ block: "center" });
}

function openThread(ts) {
  here.thread = ts;
  remember();
  draw(world);
}

function toggleLog() {
  here.log = !here.log;
  drawLog(world.log, world, { open: here.log, toggle: toggleLog });
}

function drawPeople() {
  const who = byId("who");
  const people = world.users.filter((user) => !user.is_bot);
  const key = JSON.stringify([people.map((user) => [user.id, user.real_name, user.deleted]), world.me]);
  if (who.dataset.key === key) return;
  who.dataset.key = key;
  who.replaceChildren(
    ...people.map((user) => el("option", { value: user.id, text: user.real_name + (user.is_restricted ? " (guest)" : "") + (user.deleted ? " (left)" : "") })),
  );
  who.value = world.me;
  byId("me-face").replaceChildren(face(people.find((user) => user.id === world.me), 26));
  who.onchange = () => {
    here.user = who.value;
    here.thread = null;
    const mine = channel?.is_im ? "app" : here.channel;
    go(mine);
  };
}

function drawHead() {
  const head = byId("head");
  const key = JSON.stringify([channel.id, channel.name, channel.members.length, here.tab]);
  if (head.dataset.key === key) return;
  head.dataset.key = key;
  const tab = (name, label) =>
    el("button", { type: "button", class: "tab", "aria-pressed": String((here.tab ?? "messages") === name), onclick: () => openTab(name), text: label });
  head.replaceChildren(
    el("h1", {}, channel.is_im ? "Pullcord" : `# ${channel.name}`),
    channel.is_im ? el("div", { class: "tabs" }, tab("home", "Home"), tab("messages", "Messages")) : el("span", { class: "quiet", "aria-label": `${channel.members.length} members` }, icon("people"), ` ${channel.members.length}`),
  );
}

function openTab(name) {
  here.tab = name === "home" ? "home" : null;
  list.kept = null;
  list.replaceChildren();
  list.dataset.home = "";
  remember();
  if (name === "home") act("home", { user: here.user, tab: "home" });
  draw(world);
}

function drawHome() {
  const key = world.home?.hash ?? "none";
  if (list.dataset.home === key && list.childElementCount) return;
  list.dataset.home = key;
  const note = el("div", { class: "note", role: "alert", hidden: true });
  const typed = {};
  const host = {
    world,
    typed,
    click: async (one, block, value) => {
      const answer = await act("home/click", { user: world.me, action_id: one.action_id, block_id: block.block_id, value, values: typed, confirmed: true });
      note.textContent = trouble(answer) ?? "";
      note.hidden = !note.textContent;
    },
  };
  const content = world.home ? blocks(world.home.blocks, host) : [el("p", { class: "quiet", text: "The app has published nothing here yet." })];
  list.replaceChildren(el("div", { class: "home" }, ...content, note));
}

// Whoever was reading the newest message still sees it when the log opens or a phone turns.
new ResizeObserver(() => {
  if (stayAtEnd) list.scrollTop = list.scrollHeight;
}).observe(list);
// So does whoever waits for a picture, which has no size before it is there.
list.addEventListener("load", () => {
  if (stayAtEnd) list.scrollTop = list.scrollHeight;
}, true);
list.addEventListener("scroll", () => {
  stayAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
});
remember();
listen(refresh);
refresh();
