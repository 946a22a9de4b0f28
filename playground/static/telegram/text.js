// Message text with its entities, as nodes. Offsets count UTF-16 units, as JavaScript does.

import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";

const PLAIN = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", blockquote: "blockquote",
  expandable_blockquote: "blockquote", mention: "span", hashtag: "span", cashtag: "span",
};

// `act` has command(text), start(payload), copy(text), and the bot's `username`.
export function formatted(text, entities, act) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, 0, text.length, sorted, act);
}

function nodes(text, from, to, entities, act) {
  const made = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity] = rest;
    const begin = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    rest = rest.slice(1);
    if (begin >= end) continue;
    if (begin > at) made.push(...withEmoji(text.slice(at, begin)));
    const inside = rest.filter((other) => other.offset < end);
    made.push(wrapped(entity, nodes(text, begin, end, inside, act), text.slice(begin, end), act));
    rest = rest.filter((other) => other.offset + other.length > end);
    at = end;
  }
  if (at < to) made.push(...withEmoji(text.slice(at, to)));
  return made;
}

function wrapped(entity, children, text, act) {
  switch (entity.type) {
    case "url": return link(text, children, act);
    case "text_link": return link(entity.url, children, act);
    case "email": return link(`mailto:${text}`, children, act);
    case "bot_command":
      return el("button", { type: "button", class: "tg-link", onclick: () => act.command(text) },
        children);
    case "code":
      return el("code", { title: "Click to copy", onclick: () => act.copy(text) }, children);
    case "pre": return el("pre", {}, el("code", {}, children));
    case "spoiler": return spoiler(children);
    case "mention": return el("span", { class: "tg-link" }, children);
    default: return el(PLAIN[entity.type] ?? "span", {}, children);
  }
}

function link(address, children, act) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return el("span", {}, children);
  }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return el("span", {}, children);
  const own = url.hostname === "t.me" && url.pathname.slice(1).toLowerCase() === act.username;
  if (own) {
    const begin = () => act.start(url.searchParams.get("start") ?? "");
    return el("button", { type: "button", class: "tg-link", onclick: begin }, children);
  }
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, children);
}

function spoiler(children) {
  const node = el("button", { type: "button", class: "tg-spoiler", "aria-label": "Show spoiler" },
    el("span", {}, children));
  node.addEventListener("click", () => {
    node.classList.add("tg-shown");
    node.removeAttribute("aria-label");
  }, { once: true });
  return node;
}
