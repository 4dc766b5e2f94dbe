// Interactive elements. `host` carries:
//   world      the page's state
//   click      async (element, block, value) → answer; what a click does
//   typed      values that are remembered until they are sent, by block_id
//   inView     true in a modal: choices outside of inputs are remembered too
//   inForm     true inside an input block: values are kept, not sent
import { text } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { el } from "./dom.js";
import { fileInput, place } from "./files.js";
import { menu } from "./menu.js";
import { atPlace, secondsOf } from "./times.js";

const optionsOf = (one) =>
  one.option_groups ? one.option_groups.flatMap((group) => group.options) : (one.options ?? []);

export function element(one, block, host) {
  const node = (KINDS[one.type] ?? unknown)(one, block, host);
  node.dataset.actionId = one.action_id ?? "";
  const target = node.matches(".file-field") ? node.querySelector("input") : node;
  if (host.inputId && target.matches("input, select, textarea")) target.id = host.inputId;
  return node;
}

// Asks for confirmation where the app wants it, then sends, then shows that it is under way.
async function send(one, block, host, value, node) {
  if (one.confirm && !(await confirmed(one.confirm, host.world, node))) return false;
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
  await host.click(one, block, value);
  node.classList.remove("busy");
  node.removeAttribute("aria-busy");
  return true;
}

// In a form a new value is remembered; elsewhere (or with dispatch_action) it is sent.
function changed(one, block, host, value, node) {
  if (host.inForm) host.typed[block.block_id] = value;
  else if (host.inView) (host.typed[block.block_id] ??= {})[one.action_id] = value;
  if (!host.inForm || block.dispatch_action) return send(one, block, host, value, node);
  return null;
}

function start(one, block, host, initial) {
  const typed = host.typed?.[block.block_id];
  if (host.inForm) return typed === undefined ? initial : typed;
  return typed?.[one.action_id] ?? initial;
}

function button(one, block, host) {
  const node = el(
    "button",
    { type: "button", class: `btn ${one.style ?? ""}`, "aria-label": one.accessibility_label },
    ...text(one.text, host.world),
  );
  node.addEventListener("click", () => {
    if (one.url && /^https?:/i.test(one.url)) window.open(one.url, "_blank", "noopener");
    send(one, block, host, undefined, node);
  });
  return node;
}

function overflow(one, block, host) {
  const node = el("button", {
    type: "button", class: "btn dots", "aria-label": "More actions", "aria-haspopup": "menu", text: "⋯",
  });
  node.addEventListener("click", () => {
    const entries = one.options.map((option) => [option.value, text(option.text, host.world)]);
    menu(node, entries, (value) => send(one, block, host, value, node));
  });
  return node;
}

function select(one, block, host, entries, initial) {
  const node = el("select", { class: "field" });
  const placeholder = one.placeholder?.text ?? "Choose an option";
  node.setAttribute("aria-label", placeholder);
  node.append(el("option", { value: "", text: placeholder }));
  for (const [group, options] of entries) {
    const list = options.map(([value, label]) => el("option", { value, text: label }));
    node.append(...(group ? [el("optgroup", { label: group }, list)] : list));
  }
  if (host.inForm) node.removeAttribute("aria-label");
  node.value = start(one, block, host, initial) ?? "";
  node.addEventListener("change", async () => {
    if (!node.value && !host.inForm) return;
    const gone = await changed(one, block, host, node.value || null, node);
    if (gone === false) node.value = initial ?? "";
  });
  return node;
}

const plainOptions = (options) => options.map((option) => [option.value, option.text.text]);

function staticSelect(one, block, host) {
  const entries = one.option_groups
    ? one.option_groups.map((group) => [group.label.text, plainOptions(group.options)])
    : [["", plainOptions(one.options)]];
  return select(one, block, host, entries, one.initial_option?.value);
}

// What Slack itself offers: people, or channels the person is in.
function offered(one, host) {
  return one.type.endsWith("users_select")
    ? host.world.users.filter((user) => !user.deleted && !user.is_bot).map((user) => [user.id, user.real_name])
    : host.world.channels.filter((channel) => channel.name).map((channel) => [channel.id, `#${channel.name}`]);
}

function listed(one, block, host) {
  const initial = one.initial_user ?? one.initial_channel ?? one.initial_conversation;
  return select(one, block, host, [["", offered(one, host)]], initial);
}

// Several of them: ticked in a list that scrolls.
function listedMany(one, block, host) {
  const options = offered(one, host).map(([value, label]) => ({ value, text: { type: "plain_text", text: label, emoji: false } }));
  const chosen = one.initial_users ?? one.initial_channels ?? one.initial_conversations ?? [];
  return boxes({ ...one, options, initial_options: options.filter((option) => chosen.includes(option.value)) }, block, host);
}

let groups = 0;

function boxes(one, block, host) {
  const single = one.type === "radio_buttons";
  const name = `group-${(groups += 1)}`;
  const initial = single ? one.initial_option?.value : (one.initial_options ?? []).map((o) => o.value);
  const begun = start(one, block, host, initial);
  const node = el("div", { class: `boxes${one.type.startsWith("multi_") ? " many" : ""}` });
  const inputs = optionsOf(one).map((option) => {
    const box = el("input", { type: single ? "radio" : "checkbox", name, value: option.value });
    box.checked = single ? begun === option.value : (begun ?? []).includes(option.value);
    const words = el("span", {}, ...text(option.text, host.world));
    if (option.description) words.append(el("span", { class: "hint" }, ...text(option.description, host.world)));
    node.append(el("label", { class: "box" }, box, words));
    return box;
  });
  node.addEventListener("change", () => {
    const on = inputs.filter((box) => box.checked).map((box) => box.value);
    changed(one, block, host, single ? (on[0] ?? null) : on, node);
  });
  return node;
}

const TYPES = { email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time" };

function typed(one, block, host) {
  const rich = one.type === "rich_text_input";
  const long = rich || (one.type === "plain_text_input" && one.multiline);
  const node = el(long ? "textarea" : "input", { class: "field", placeholder: one.placeholder?.text });
  if (!long) node.type = TYPES[one.type] ?? "text";
  if (one.type === "number_input") node.inputMode = one.is_decimal_allowed ? "decimal" : "numeric";
  if (long) node.rows = 4;
  const initial = one.initial_value ?? one.initial_date ?? one.initial_time;
  const begun = start(one, block, host, initial) ?? "";
  node.value = typeof begun === "object" ? wordsIn(begun).join("") : begun;
  if (one.focus_on_load) node.dataset.focus = "true";
  if (block.dispatch_action) {
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || long) return;
      event.preventDefault();
      event.stopPropagation();
      send(one, block, host, node.value, node);
    });
  }
  const kind = TYPES[one.type] === "date" || TYPES[one.type] === "time" ? "change" : "input";
  node.addEventListener(kind, () => {
    if (host.inForm) host.typed[block.block_id] = node.value;
    else changed(one, block, host, node.value, node);
  });
  return node;
}

// What was written in rich text, without its styles: this page has no editor for them.
const wordsIn = (value) =>
  Array.isArray(value)
    ? value.flatMap(wordsIn)
    : value && typeof value === "object"
      ? [...(typeof value.text === "string" ? [value.text] : []), ...wordsIn(value.elements ?? [])]
      : [];

// The moment is typed in the person's own zone, and kept in seconds since 1970.
function moment(one, block, host) {
  const zone = host.world.users.find((user) => user.id === host.world.me)?.tz ?? "UTC";
  const node = el("input", { class: "field", type: "datetime-local" });
  const begun = start(one, block, host, one.initial_date_time);
  if (begun) node.value = atPlace(Number(begun), zone);
  if (one.focus_on_load) node.dataset.focus = "true";
  node.addEventListener("change", () => {
    changed(one, block, host, node.value ? secondsOf(node.value, zone) : null, node);
  });
  return node;
}

function files(one, block, host) {
  return fileInput(one, host, start(one, block, host, null), (kept) => {
    host.typed[block.block_id] = kept;
  });
}

const image = (one) =>
  one.slack_file
    ? el("img", { class: "shown", src: place(one.slack_file.id ?? one.slack_file.url.split("/").at(-1)), alt: one.alt_text })
    : el("span", { class: "picture", role: "img", "aria-label": one.alt_text, text: one.alt_text });
const unknown = (one) => el("span", { class: "quiet", text: `[${one.type}]` });

const KINDS = {
  button, overflow, image,
  static_select: staticSelect,
  multi_static_select: boxes,
  radio_buttons: boxes,
  checkboxes: boxes,
  users_select: listed, channels_select: listed, conversations_select: listed,
  plain_text_input: typed, number_input: typed, email_text_input: typed, url_text_input: typed,
  multi_users_select: listedMany, multi_channels_select: listedMany, multi_conversations_select: listedMany,
  rich_text_input: typed, file_input: files,
  datepicker: typed, timepicker: typed, datetimepicker: moment,
};
