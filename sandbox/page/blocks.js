// Block Kit blocks as DOM. `host` says what a click does (see elements.js).
import { el, icon } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { element } from "./elements.js";
import { place } from "./files.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";

export function text(object, world) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, world, object);
  return [object.emoji === false ? object.text : withEmoji(object.text)];
}

const KINDS = {
  header: (block, host) => el("h2", { class: "b-header" }, ...text(block.text, host.world)),
  divider: () => el("hr", { class: "b-divider" }),
  section: (block, host) => {
    const fields = (block.fields ?? []).map((one) => el("div", {}, ...text(one, host.world)));
    return el(
      "div",
      { class: "b-section" },
      el(
        "div",
        { class: "b-text" },
        block.text ? el("div", {}, ...text(block.text, host.world)) : null,
        fields.length ? el("div", { class: "b-fields" }, fields) : null,
      ),
      block.accessory ? el("div", { class: "b-accessory" }, element(block.accessory, block, host)) : null,
    );
  },
  context: (block, host) =>
    el(
      "div",
      { class: "b-context" },
      block.elements.map((one) =>
        one.type === "image" ? picture(one) : el("span", {}, ...text(one, host.world)),
      ),
    ),
  actions: (block, host) =>
    el(
      "div",
      { class: "b-actions" },
      block.elements.map((one) => element(one, block, host)),
    ),
  rich_text: (block, host) => el("div", { class: "b-rich" }, richText(block, host.world)),
  markdown: (block) => el("div", { class: "b-markdown" }, markdown(block.text)),
  image: (block, host) =>
    el(
      "figure",
      { class: "b-image" },
      block.title ? el("figcaption", {}, ...text(block.title, host.world)) : null,
      picture(block),
    ),
  table: (block, host) => {
    const cell = (one, tag, column) => {
      const set = block.column_settings?.[column];
      const words = one.type === "rich_text" ? richText(one, host.world) : String(one.text ?? one.value);
      return el(tag, { class: `${set?.align ?? "left"}${set?.is_wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null }, words);
    };
    const rows = block.rows.map((row, index) =>
      el("tr", {}, row.map((one, column) => cell(one, index ? "td" : "th", column))),
    );
    // Wider than its place it scrolls, by keyboard as well.
    return el("div", { class: "b-table", tabindex: "0", role: "region", "aria-label": "Table" },
      el("table", {}, el("thead", {}, rows.slice(0, 1)), el("tbody", {}, rows.slice(1))));
  },
  input: (block, host) => input(block, host),
};

export function blocks(list, host) {
  return list.map((block) => {
    const node = KINDS[block.type]?.(block, host) ?? el("div", { text: `[${block.type}]` });
    node.dataset.blockId = block.block_id ?? "";
    return node;
  });
}

// Remote pictures are not fetched: the page works offline and nobody is told who looks.
function picture(image) {
  if (image.slack_file) {
    const id = image.slack_file.id ?? image.slack_file.url.split("/").at(-1);
    return el("img", { class: "shown", src: place(id), alt: image.alt_text });
  }
  return el("span", { class: "picture", role: "img", "aria-label": image.alt_text, title: image.image_url },
    icon("picture"), el("span", { text: image.alt_text }));
}

let numbers = 0;

function input(block, host) {
  const id = `input-${(numbers += 1)}`;
  const grouped = block.element.type.startsWith("multi_") || ["checkboxes", "radio_buttons"].includes(block.element.type);
  const hint = block.hint ? el("div", { class: "hint", id: `${id}-hint` }, ...text(block.hint, host.world)) : null;
  const error = el("div", { class: "field-error", id: `${id}-error`, role: "alert", hidden: true });
  const label = [
    ...text(block.label, host.world),
    block.optional ? el("span", { class: "quiet", text: " (optional)" }) : null,
  ];
  const control = element(block.element, block, { ...host, inputId: id, inForm: true });
  const target = control.matches("input, select, textarea") ? control : control.querySelector("input, select");
  target?.setAttribute("aria-describedby", `${id}-error${hint ? ` ${id}-hint` : ""}`);
  if (!block.optional && !grouped) target?.setAttribute("aria-required", "true");
  return grouped
    ? el("fieldset", { class: "b-input" }, el("legend", {}, label), control, error, hint)
    : el("div", { class: "b-input" }, el("label", { for: id }, label), control, error, hint);
}

// Shows or clears the error under each input of `box`.
export function showErrors(box, errors) {
  for (const field of box.querySelectorAll(".b-input")) {
    const note = field.querySelector(".field-error");
    const message = errors[field.dataset.blockId];
    note.textContent = message ? `⚠ ${message}` : "";
    note.hidden = !message;
    field.classList.toggle("wrong", Boolean(message));
    for (const control of field.querySelectorAll("input, select, textarea")) {
      control.setAttribute("aria-invalid", message ? "true" : "false");
    }
  }
  box.querySelector(".wrong :is(input, select, textarea)")?.focus();
  box.querySelector(".wrong .field-error")?.scrollIntoView({ block: "nearest" });
}
