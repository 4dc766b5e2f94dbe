// Files in messages, and a person's own files in forms.
import { act } from "./api.js";
import { el, icon } from "./dom.js";

const size = (bytes) =>
  bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

// The sandbox shows a file under its own address, whoever asks.
export const place = (id) => `/files/${encodeURIComponent(id)}`;

export const drawFiles = (files) => (files?.length ? el("div", { class: "files" }, files.map(drawFile)) : null);

function drawFile(file) {
  if (!file.mimetype.startsWith("image/")) {
    return el(
      "a",
      { class: "file", href: place(file.id), download: file.name, data: { file: file.id } },
      icon("file"),
      el("span", {}, el("b", { text: file.title }), el("span", { class: "quiet", text: `${file.filetype.toUpperCase()} · ${size(file.size)}` })),
    );
  }
  const words = file.alt_txt || file.title;
  return el(
    "figure",
    { class: "file-image", data: { file: file.id } },
    el("figcaption", {}, el("b", { text: file.title })),
    el("a", { href: place(file.id), target: "_blank", rel: "noopener" }, el("img", { src: place(file.id), alt: words })),
    file.alt_txt ? el("div", { class: "quiet alt", text: file.alt_txt }) : null,
  );
}

// The input for `file_input`: what is chosen goes to the sandbox at once, the form keeps the ids.
export function fileInput(one, host, kept, keep) {
  const list = el("ul", { class: "chosen", "aria-live": "polite" });
  const choose = el("input", { type: "file", class: "field", multiple: (one.max_files ?? 10) > 1 });
  if (one.filetypes) choose.accept = one.filetypes.map((kind) => `.${kind}`).join(",");
  let files = kept ?? [];
  const show = () => {
    list.replaceChildren(
      ...files.map((file) =>
        el(
          "li", {},
          el("span", { text: `${file.name} · ${size(file.size)}` }),
          el("button", { type: "button", class: "icon", "aria-label": `Remove ${file.name}`, onclick: () => put(files.filter((other) => other !== file)), text: "✕" }),
        ),
      ),
    );
  };
  const put = (next) => {
    files = next;
    show();
    keep(files.length ? files : null);
  };
  choose.addEventListener("change", async () => {
    const chosen = [...choose.files];
    choose.value = "";
    const sent = await Promise.all(
      chosen.map(async (file) => act("files", { user: host.world.me, name: file.name, content: await base64(file) })),
    );
    put([...files, ...sent.filter((file) => file.id)]);
  });
  show();
  return el("div", { class: "file-field" }, choose, list);
}

function base64(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(file);
  });
}
