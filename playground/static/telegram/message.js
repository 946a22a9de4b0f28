// One row of the conversation: a bubble with its buttons, a service line or a day.

import { now } from "../clock.js";
import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { icon } from "./icons.js";
import { formatted } from "./text.js";

const SENDER_COLORS = 7;

// What the conversation shows, oldest first: days between messages, and who begins a group.
export function rows(messages, language) {
  const shown = [];
  let day = "";
  let before = null;
  for (const message of messages) {
    const its = new Date(message.date * 1000);
    const name = dayName(its, language);
    if (name !== day) shown.push({ kind: "day", key: `day ${its.toDateString()}`, name });
    const joined = before && name === day && !before.service
      && before.sender_id === message.sender_id && message.date - before.date < 600;
    shown.push({ kind: "message", key: `message ${message.id}`, message, first: !joined });
    day = name;
    before = message;
  }
  for (const [place, row] of shown.entries()) {
    row.last = row.kind === "message" && !(shown[place + 1]?.first === false);
  }
  return shown;
}

function dayName(date, language) {
  const today = now().toDateString() === date.toDateString();
  if (today) return "Today";
  return date.toLocaleDateString(language, { day: "numeric", month: "long" });
}

// `act` is what telegram_text needs, and press(message, row, column) and reply(message).
export function rowNode(row, chat, language, act) {
  if (row.kind === "day") return el("li", { class: "tg-day" }, el("span", {}, row.name));
  const { message } = row;
  if (message.service) return el("li", { class: "tg-day" }, el("span", {}, message.service));
  const side = message.mine ? "tg-mine" : "tg-theirs";
  const node = el("li", {
    class: `tg-row ${side}${row.last ? " tg-last" : ""}`, tabindex: "-1",
  });
  const bubble = el("div", { class: `tg-bubble${message.photo ? " tg-with-photo" : ""}` });
  if (message.protected) bubble.classList.add("tg-protected");
  if (chat.kind !== "private" && !message.mine && row.first) bubble.append(sender(message));
  if (message.reply) bubble.append(quote(message.reply));
  if (message.photo) bubble.append(picture(message));
  const text = el("div", { class: "tg-text", dir: "auto" },
    formatted(message.text, message.entities, actFor(message, act)), meta(message, language));
  bubble.append(text);
  const column = el("div", { class: "tg-column" }, bubble);
  if (message.buttons.length) column.append(keyboard(message, act));
  node.append(column);
  node.append(replyButton(message, act));
  return node;
}

// A protected message can be read, not copied; its copy buttons still work.
function actFor(message, act) {
  return message.protected
    ? { ...act, copy: () => act.toast("Copying from this message is not allowed.") }
    : act;
}

function sender(message) {
  const color = `tg-color-${message.sender_id % SENDER_COLORS}`;
  return el("div", { class: `tg-sender ${color}` }, message.sender);
}

function quote(reply) {
  return el("div", { class: "tg-quote" }, el("b", {}, reply.sender), el("span", {}, withEmoji(reply.text)));
}

function picture(message) {
  const words = message.text ? "Picture, described below" : "Picture";
  return el("img", { class: "tg-photo", src: message.photo.url, alt: words,
    width: message.photo.width, height: message.photo.height });
}

function meta(message, language) {
  const date = new Date(message.date * 1000);
  const clock = date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  const node = el("span", { class: "tg-meta" },
    message.edited ? el("span", {}, "edited ") : "",
    el("time", { datetime: date.toISOString(), title: date.toLocaleString(language) }, clock));
  if (message.mine) {
    node.append(icon(message.seen ? "ticks" : "tick"),
      el("span", { class: "hidden-text" }, message.seen ? "received by the bot" : "sent"));
  }
  return node;
}

function keyboard(message, act) {
  const grid = el("div", { class: "tg-keyboard", role: "group", "aria-label": "Buttons" });
  message.buttons.forEach((line, row) => {
    grid.append(el("div", { class: "tg-buttons" }, line.map((button, column) => {
      const waiting = message.waiting?.[0] === row && message.waiting?.[1] === column;
      return inlineButton(button, waiting, () => act.press(message, row, column));
    })));
  });
  return grid;
}

function inlineButton(button, waiting, press) {
  const style = ["tg-button", button.style && `tg-style-${button.style}`, waiting && "tg-waiting"];
  const attributes = { class: style.filter(Boolean).join(" ") };
  const label = el("span", { class: "tg-label", dir: "auto" }, withEmoji(button.text));
  if (button.kind === "url") {
    return el("a", { ...attributes, href: button.url, target: "_blank",
      rel: "noopener noreferrer" }, label, icon("open"),
    el("span", { class: "hidden-text" }, " (opens a page)"));
  }
  return el("button", { ...attributes, type: "button", onclick: press,
    "aria-busy": waiting ? "true" : null }, label,
  button.kind === "copy" ? icon("copy") : "", button.kind === "start" ? icon("open") : "");
}

function replyButton(message, act) {
  return el("button", { type: "button", class: "tg-reply", title: "Reply", tabindex: "-1",
    "aria-label": `Reply to message ${message.id}`, onclick: () => act.reply(message) },
  icon("reply"));
}

// What stands in a chat without messages.
export function welcome(bot, chat) {
  if (chat.kind !== "private") {
    return el("li", { class: "tg-day" }, el("span", {}, "No messages yet"));
  }
  return el("li", { class: "tg-welcome" }, el("div", {}, el("b", {}, "What can this bot do?"),
    el("p", {}, withEmoji(bot.description || "Press Start and the bot will tell you."))));
}

export function withTopic(node, title) {
  if (title) node.querySelector(".tg-bubble")?.prepend(el("div", { class: "tg-topic" }, title));
  return node;
}
