// The box one writes in: a message, or a command that starts with a slash.
import { act, trouble } from "./api.js";
import { el } from "./dom.js";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// @Alice and @billing-leads become mentions, as Slack's own client makes them while typing.
function mentions(text, world, shape) {
  return text.replace(/@([\w.-]*\w)/g, (whole, name) => {
    const found = world.users.find(
      (user) => [user.name, user.display_name].some((own) => own.toLowerCase() === name.toLowerCase()),
    );
    const group = world.usergroups.find((one) => !one.date_delete && one.handle === name.toLowerCase());
    return found ? shape(found) : group ? `<!subteam^${group.id}|@${group.handle}>` : whole;
  });
}

// Builds a composer in `form`; `place` returns {world, channel, thread_ts} at the time of sending.
export function makeComposer(form, place) {
  const note = el("div", { class: "note", role: "alert", hidden: true });
  const box = el("textarea", { rows: 1, "aria-label": "Message" });
  const send = el("button", { type: "submit", class: "send", "aria-label": "Send", text: "➤" });
  form.replaceChildren(note, el("div", { class: "write" }, box, send));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { world, channel, thread_ts } = place();
    const text = box.value.trim();
    if (!text || !channel) return;
    box.value = "";
    const fields = { user: world.me, channel: channel.id };
    const command = text.match(/^(\/\S+)\s*([\s\S]*)$/);
    const answer = command
      ? await act("command", { ...fields, command: command[1], text: mentions(command[2], world, (user) => `<@${user.id}|${user.name}>`) })
      : await act("message", { ...fields, thread_ts, text: mentions(escaped(text), world, (user) => `<@${user.id}>`) });
    // A failed command is reported by Slackbot; a failed event is the app's own affair.
    const problem = answer.code >= 400 || answer.code === 0 ? trouble(answer) : null;
    note.textContent = problem ? `⚠ ${problem}` : "";
    note.hidden = !problem;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  return (placeholder) => {
    box.placeholder = placeholder;
  };
}
