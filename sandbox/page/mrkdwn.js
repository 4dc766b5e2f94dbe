// Slack's mrkdwn, turned into DOM nodes. Text only ever becomes text nodes.
import { el, link } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { dateTokens } from "./times.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const entities = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// `world` is the page's state: people and channels are named, dates are local.
export function mrkdwn(text, world, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```/).forEach((piece, index, all) => {
    const fenced = index % 2 === 1 && index < all.length - 1;
    if (fenced) nodes.push(el("pre", { text: entities(piece.replace(/^\n|\n$/g, "")) }));
    else if (index % 2 === 1) nodes.push(...lines(`\`\`\`${piece}`, world, verbatim));
    else nodes.push(...lines(index ? piece.replace(/^\n/, "") : piece, world, verbatim));
  });
  return nodes;
}

function lines(text, world, verbatim) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) {
      if (quote) quote.append(el("br"));
      else nodes.push((quote = el("blockquote")));
      quote.append(...inline(quoted[1], world, verbatim));
      return;
    }
    if (index && !quote) nodes.push(el("br"));
    quote = null;
    nodes.push(...inline(line, world, verbatim));
  });
  return nodes;
}

const PIECE =
  /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):|(?<![\w*_~])([*_~])(?=\S)((?:(?!\4).)*?\S)\4(?![\w])|(https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)'"])/g;

function inline(text, world, verbatim) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(PIECE)) {
    if (found.index > at) nodes.push(entities(text.slice(at, found.index)));
    at = found.index + found[0].length;
    const [whole, code, token, emoji, mark, inner, url] = found;
    if (code !== undefined) nodes.push(el("code", { text: entities(code) }));
    else if (token !== undefined) nodes.push(...reference(token, world));
    else if (emoji !== undefined) nodes.push(EMOJI.get(emoji) ?? whole);
    else if (mark) nodes.push(el(STYLES[mark], {}, ...inline(inner, world, verbatim)));
    else nodes.push(verbatim ? whole : link(entities(url), [entities(url)]));
  }
  if (at < text.length) nodes.push(entities(text.slice(at)));
  return nodes;
}

// What stands between < and >: mentions, links, dates. Anything else is shown as it is.
function reference(token, world) {
  const [target, ...rest] = token.split("|");
  const label = rest.length ? entities(rest.join("|")) : null;
  if (/^@[UW]/.test(target)) return [mention(target.slice(1), label, world)];
  if (/^#[CG]/.test(target)) {
    const channel = world.channels.find((one) => one.id === target.slice(1));
    return [el("span", { class: "mention", text: `#${channel?.name ?? label ?? target}` })];
  }
  if (/^!(channel|here|everyone)$/.test(target)) {
    // Loud on purpose: an injected ping must be seen.
    return [el("span", { class: "mention ping", data: { ping: target.slice(1) }, text: `@${target.slice(1)}` })];
  }
  if (target.startsWith("!subteam^")) {
    return [groupMention(target.slice(9), label, world)];
  }
  if (target.startsWith("!date^")) return [date(target, label, world)];
  if (/^(https?:|mailto:)/i.test(target)) return [link(entities(target), [label ?? entities(target)])];
  return [`<${entities(token)}>`];
}

export function mention(id, label, world) {
  const person = world.users.find((one) => one.id === id);
  const mine = id === world.me ? " me" : "";
  const name = person?.display_name ?? label ?? id;
  return el("span", { class: `mention${mine}`, data: { user: id }, text: `@${name}` });
}

// As loud as @channel: it calls several people at once.
export function groupMention(id, label, world) {
  const group = world.usergroups?.find((one) => one.id === id);
  const names = group?.users.map((user) => world.users.find((one) => one.id === user)?.display_name ?? user);
  return el("span", {
    class: `mention ping${group?.users.includes(world.me) ? " me" : ""}`,
    data: { ping: "group", group: id }, title: names?.join(", "),
    text: group ? `@${group.handle}` : (label ?? `@${id}`),
  });
}

function date(target, fallback, world) {
  const [, seconds, format, url] = target.split("^");
  if (!/^\d+$/.test(seconds ?? "") || !format) return fallback ?? target;
  const zone = world.users.find((one) => one.id === world.me)?.tz ?? "UTC";
  const text = dateTokens(format, Number(seconds), world.now, zone);
  return url ? link(url, [text]) : el("time", { title: fallback, text });
}
