// The list of messages in a channel: who, when, what, and the replies below it.

import { el, reconcile } from "./dom.js";
import { collect, drawBlocks } from "./slack_blocks.js";
import { mrkdwn } from "./slack_text.js";

const TOGETHER_SECONDS = 300;

export function avatar(user, size = "") {
  const node = el("span", { class: `sl-avatar ${size}`, "aria-hidden": "true" }, user.initials);
  node.style.setProperty("--hue", user.colour);
  return node;
}

const when = (ts) => new Date(Number(ts) * 1000);

function clock(ts, context) {
  return when(ts).toLocaleTimeString(context.locale, {
    hour: "numeric", minute: "2-digit", timeZone: context.tz,
  });
}

function day(ts, context) {
  const options = { timeZone: context.tz };
  const name = (date) => date.toLocaleDateString(context.locale, options);
  const now = new Date();
  if (name(when(ts)) === name(now)) return "Today";
  if (name(when(ts)) === name(new Date(now - 86_400_000))) return "Yesterday";
  return when(ts).toLocaleDateString(context.locale, {
    ...options, weekday: "long", month: "long", day: "numeric",
  });
}

// Rows to draw: day lines, messages, and threads under their parents.
function rows(messages, context) {
  const replies = Map.groupBy
    ? Map.groupBy(messages.filter((m) => m.thread_ts), (m) => m.thread_ts)
    : grouped(messages.filter((m) => m.thread_ts));
  const shown = new Set(messages.map((m) => m.ts));
  const drawn = [];
  let last = null;
  for (const message of messages) {
    if (message.thread_ts && shown.has(message.thread_ts)) continue;
    const date = day(message.ts, context);
    if (!last || date !== day(last.ts, context)) drawn.push({ day: date });
    const follows = last && date === day(last.ts, context) && last.user === message.user
      && !last.ephemeral && !message.ephemeral && !replies.has(last.ts)
      && Number(message.ts) - Number(last.ts) < TOGETHER_SECONDS;
    drawn.push({ message, follows: Boolean(follows), replies: replies.get(message.ts) ?? [] });
    last = message;
  }
  return drawn;
}

function grouped(messages) {
  const map = new Map();
  for (const message of messages) {
    map.set(message.thread_ts, [...(map.get(message.thread_ts) ?? []), message]);
  }
  return map;
}

// context: as for drawBlocks, without scope and act, and with
// press(message, element, block, value, values) and reply(message)
export function drawMessages(log, channel, context) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const known = log.dataset.channel === channel.id;
  log.dataset.channel = channel.id;
  reconcile(log, rows(channel.messages, context), {
    key: (row) => row.day ?? row.message.ts,
    signature: (row) => row.day ?? JSON.stringify(
      [row.message, row.follows, row.replies, context.users[row.message.user], context.tz]),
    render: (row, before) => row.day
      ? el("div", { class: "sl-day" }, el("span", {}, row.day))
      : drawThread(row, channel, context, known && before?.revision < row.message.revision),
  });
  if (atEnd || !known) log.scrollTop = log.scrollHeight;
}

function drawThread(row, channel, context, isEdit) {
  const node = drawMessage(row.message, row.follows, channel, context);
  if (isEdit) node.classList.add("changed");
  const count = row.replies.length;
  const item = el("div", { class: "sl-item" }, node, count
    ? el("div", { class: "sl-thread", role: "group", "aria-label": "Thread" },
      el("p", { class: "sl-thread-count" }, count === 1 ? "1 reply" : `${count} replies`),
      row.replies.map((reply) => drawMessage(reply, false, channel, context)))
    : null);
  item.revision = row.message.revision;
  return item;
}

function drawMessage(message, follows, channel, context) {
  const user = context.users[message.user] ?? { name: message.user, initials: "?", colour: "#777" };
  const time = el("time", {
    class: "sl-time", datetime: when(message.ts).toISOString(),
  }, clock(message.ts, context));
  const body = el("div", { class: "sl-body" });
  if (message.blocks.length) {
    body.append(...drawBlocks(message.blocks, {
      ...context,
      scope: message.ts,
      act: (element, block, value) =>
        context.press(message, element, block, value, collect(body)),
    }));
  } else {
    body.append(el("div", { class: "sl-text" }, mrkdwn(message.text, context)));
  }
  if (message.edited) body.append(el("span", { class: "sl-edited" }, "(edited)"));
  return el("article", {
    class: `sl-message${follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}`,
    "aria-label": `${user.name}, ${clock(message.ts, context)}`,
  },
  el("div", { class: "sl-gutter" }, follows ? time : avatar(user)),
  el("div", { class: "sl-content" },
    message.ephemeral
      ? el("p", { class: "sl-private" }, el("span", { class: "sl-eye", "aria-hidden": "true" }),
        "Only visible to you") : null,
    follows ? null : el("header", {},
      el("b", {}, user.name),
      user.is_bot ? el("span", { class: "sl-app" }, "APP") : null,
      user.is_stranger ? el("span", { class: "sl-outside" }, user.team) : null,
      time),
    body),
  message.ephemeral || message.thread_ts ? null : el("button", {
    type: "button", class: "sl-reply", title: "Reply in thread",
    "aria-label": `Reply in thread to ${user.name}`, onclick: () => context.reply(message),
  }, "Reply in thread"));
}
