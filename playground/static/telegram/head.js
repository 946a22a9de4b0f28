// The bar above the conversation: who it is with, and what else can be done.

import { el } from "../dom.js";
import { icon } from "./icons.js";

// `items` are [label, run]; `showList` brings the list of chats back on a narrow screen.
export function head(state, chat, showList, items) {
  const about = chat.kind === "private" ? "bot"
    : `${chat.members} members${chat.topics.length ? `, ${chat.topics.length} topics` : ""}`;
  const back = el("button", { type: "button", class: "tg-round tg-back", "aria-label": "All chats",
    onclick: showList }, icon("back"));
  const title = el("div", { class: "tg-title" }, el("b", {}, chat.title),
    el("span", { class: chat.typing ? "tg-typing" : null }, chat.typing ? "typing…" : about));
  return [state.chats.length > 1 ? back : "", avatar(chat), title, more(items)];
}

export function avatar(chat) {
  const kind = chat.kind === "private" ? "tg-avatar-bot" : "tg-avatar-group";
  const letters = chat.title.split(/[\s-]+/).slice(0, 2).map((word) => [...word][0] ?? "");
  return el("span", { class: `tg-avatar ${kind}`, "aria-hidden": "true" },
    letters.join("").toUpperCase());
}

function more(choices) {
  const items = el("div", { class: "tg-items", hidden: true });
  const open = el("button", { type: "button", class: "tg-round", "aria-label": "More",
    "aria-haspopup": "true", "aria-expanded": "false" }, icon("more"));
  const toggle = (wanted) => {
    items.hidden = !wanted;
    open.setAttribute("aria-expanded", String(wanted));
    if (wanted) items.firstElementChild.focus();
  };
  items.append(...choices.map(([label, run]) => el("button", { type: "button",
    onclick: () => { toggle(false); open.focus(); run(); } }, label)));
  open.addEventListener("click", () => toggle(items.hidden));
  const node = el("div", { class: "tg-more" }, open, items);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || items.hidden) return;
    toggle(false);
    open.focus();
  });
  node.addEventListener("focusout", (event) => {
    if (!node.contains(event.relatedTarget)) toggle(false);
  });
  return node;
}
