// Boxes over the window: what the bot answered to a tap, and a form for a new group.

import { el, trap } from "../dom.js";
import { withEmoji } from "../emoji.js";

export function alertBox(root, title, text, done) {
  const okay = el("button", { type: "button", class: "tg-okay" }, "OK");
  const content = [el("p", { dir: "auto" }, withEmoji(text)), el("div", { class: "tg-actions" }, okay)];
  const close = open(root, title, content, "alertdialog", () => finish());
  const finish = () => { close(); done(); };
  okay.addEventListener("click", finish);
  okay.focus();
}

export function groupForm(root, create) {
  const title = el("input", { required: true, maxlength: "64", value: "Finance team" });
  const topics = el("input", { placeholder: "Alerts, Top-ups" });
  const cancel = el("button", { type: "button" }, "Cancel");
  const form = el("form", {}, el("label", {}, "Group name", title),
    el("label", {}, "Topics, separated by commas (optional)", topics),
    el("div", { class: "tg-actions" }, cancel, el("button", { class: "tg-okay" }, "Create")));
  const close = open(root, "New group", [form], "dialog", () => close());
  cancel.addEventListener("click", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    const names = topics.value.split(",").map((one) => one.trim()).filter(Boolean);
    create({ title: title.value, topics: names });
  });
  title.select();
}

function open(root, title, content, role, onEscape) {
  const box = el("div", { class: "tg-dialog", role, "aria-modal": "true", "aria-label": title },
    el("h2", {}, title), content);
  const shade = el("div", { class: "tg-shade" }, box);
  root.append(shade);
  const release = trap(box, onEscape);
  return () => { shade.remove(); release(); };
}
