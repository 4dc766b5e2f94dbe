// rich_text blocks: nothing in them is parsed, every leaf is what it says it is.
import { el, link } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { groupMention, mention } from "./mrkdwn.js";
import { dateTokens } from "./times.js";

const GROUPS = {
  rich_text_section: (group, world) => el("div", {}, ...leaves(group, world)),
  rich_text_quote: (group, world) => el("blockquote", {}, ...leaves(group, world)),
  rich_text_preformatted: (group, world) => el("pre", {}, ...leaves(group, world)),
  rich_text_list: (group, world) => {
    const items = group.elements.map((item) => el("li", {}, ...leaves(item, world)));
    const tag = group.style === "ordered" ? "ol" : "ul";
    return el(tag, { class: `indent-${group.indent ?? 0}`, start: (group.offset ?? 0) + 1 }, items);
  },
};

export const richText = (block, world) =>
  block.elements.map((group) => GROUPS[group.type]?.(group, world) ?? null);

const leaves = (group, world) => group.elements.map((leaf) => styled(leaf, world));

function styled(leaf, world) {
  let node = bare(leaf, world);
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  for (const [name, tag] of Object.entries(tags)) {
    if (leaf.style?.[name]) node = el(tag, {}, node);
  }
  return node;
}

function bare(leaf, world) {
  switch (leaf.type) {
    case "text":
      return leaf.text;
    case "link":
      return link(leaf.url, [leaf.text || leaf.url]);
    case "user":
      return mention(leaf.user_id, null, world);
    case "channel": {
      const channel = world.channels.find((one) => one.id === leaf.channel_id);
      return el("span", { class: "mention", text: `#${channel?.name ?? leaf.channel_id}` });
    }
    case "broadcast":
      return el("span", { class: "mention ping", data: { ping: leaf.range }, text: `@${leaf.range}` });
    case "usergroup":
      return groupMention(leaf.usergroup_id, null, world);
    case "emoji":
      return EMOJI.get(leaf.name) ?? `:${leaf.name}:`;
    case "date": {
      const zone = world.users.find((one) => one.id === world.me)?.tz ?? "UTC";
      return el("time", { text: dateTokens(leaf.format, leaf.timestamp, world.now, zone) });
    }
    default:
      return leaf.value ?? "";
  }
}
