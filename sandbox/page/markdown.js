// The `markdown` block: standard Markdown, as much of it as cards use.
import { el, link } from "./dom.js";
import { withEmoji } from "./emoji.js";

export function markdown(text) {
  const nodes = [];
  const rows = text.split("\n");
  for (let at = 0; at < rows.length; ) {
    const row = rows[at];
    if (row.startsWith("```")) {
      const end = rows.findIndex((other, index) => index > at && other.startsWith("```"));
      const stop = end < 0 ? rows.length : end;
      nodes.push(el("pre", { text: rows.slice(at + 1, stop).join("\n") }));
      at = stop + 1;
    } else if (/^#{1,6} /.test(row)) {
      const level = row.indexOf(" ");
      nodes.push(el(level === 1 ? "h3" : "h4", {}, ...inline(row.slice(level + 1))));
      at += 1;
    } else if (/^(-{3,}|\*{3,})$/.test(row)) {
      nodes.push(el("hr"));
      at += 1;
    } else {
      at = run(nodes, rows, at, /^\s*[-*] (.*)$/, "ul", "li")
        ?? run(nodes, rows, at, /^\s*\d+[.)] (.*)$/, "ol", "li")
        ?? run(nodes, rows, at, /^> ?(.*)$/, "blockquote", "div")
        ?? paragraph(nodes, rows, at);
    }
  }
  return nodes;
}

function run(nodes, rows, at, pattern, outer, inner) {
  if (!pattern.test(rows[at])) return null;
  const box = el(outer);
  while (at < rows.length && pattern.test(rows[at])) {
    box.append(el(inner, {}, ...inline(rows[at].match(pattern)[1])));
    at += 1;
  }
  nodes.push(box);
  return at;
}

function paragraph(nodes, rows, at) {
  if (rows[at].trim()) nodes.push(el("p", {}, ...inline(rows[at])));
  return at + 1;
}

const PIECE = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|~~(.+?)~~|(?<!\w)[*_](\S.*?)[*_](?!\w)|<!(channel|here|everyone)>/g;

function inline(text) {
  const nodes = [];
  let at = 0;
  const plain = (piece) =>
    withEmoji(piece.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  for (const found of text.matchAll(PIECE)) {
    if (found.index > at) nodes.push(plain(text.slice(at, found.index)));
    at = found.index + found[0].length;
    const [, code, label, url, bold, gone, slanted, ping] = found;
    if (code) nodes.push(el("code", { text: code }));
    else if (label) nodes.push(link(url, [plain(label)]));
    else if (bold) nodes.push(el("strong", {}, ...inline(bold)));
    else if (gone) nodes.push(el("s", {}, ...inline(gone)));
    else if (slanted) nodes.push(el("em", {}, ...inline(slanted)));
    else nodes.push(el("span", { class: "mention ping", data: { ping }, text: `@${ping}` }));
  }
  if (at < text.length) nodes.push(plain(text.slice(at)));
  return nodes;
}
