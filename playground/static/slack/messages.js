// The list of messages in a channel: who, when, what, and how many replies.

import { now as today } from "../clock.js";
import { el, reconcile } from "../dom.js";
import { collect, drawBlocks } from "./blocks.js";
import { mrkdwn, plain } from "./text.js";

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
  const now = today();
  if (name(when(ts)) === name(now)) return "Today";
  if (name(when(ts)) === name(new Date(now - 86_400_000))) return "Yesterday";
  return when(ts).toLocaleDateString(context.locale, {
    ...options, weekday: "long", month: "long", day: "numeric",
  });
}

// Rows to draw: day lines, and messages with what hangs below them.
function rows(messages, context) {
  const replies = grouped(messages.filter((m) => m.thread_ts));
  const shown = new Set(messages.map((m) => m.ts));
  const drawn = [];
  let last = null;
  for (const message of messages) {
    if (shown.has(message.thread_ts) && !message.broadcast) continue;
    const date = day(message.ts, context);
    if (!last || date !== day(last.ts, context)) drawn.push({ day: date });
    const follows = last && date === day(last.ts, context) && last.user === message.user
      && !last.ephemeral && !message.ephemeral && !replies.has(last.ts) && !message.broadcast
      && Number(message.ts) - Number(last.ts) < TOGETHER_SECONDS;
    drawn.push({
      message,
      follows: Boolean(follows),
      thread: summary(replies.get(message.ts) ?? []),
      about: message.broadcast ? messages.find((m) => m.ts === message.thread_ts)?.text : "",
    });
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

function summary(replies) {
  const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
  return { count: replies.length, last: replies.at(-1)?.ts, authors };
}

// context: as for drawBlocks, without scope and act, and with
// press(message, element, block, value, values), thread(message) and more(message, anchor)
export function drawMessages(log, channel, context) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const known = log.dataset.channel === channel.id;
  log.dataset.channel = channel.id;
  reconcile(log, rows(channel.messages, context), {
    key: (row) => row.day ?? row.message.ts,
    signature: (row) => row.day ?? JSON.stringify(
      [row, context.users[row.message.user], context.tz]),
    render: (row, before) => row.day
      ? el("div", { class: "sl-day" }, el("span", {}, row.day))
      : drawItem(row, context, known && before?.revision < row.message.revision),
  });
  if (atEnd || !known) log.scrollTop = log.scrollHeight;
}

function drawItem({ message, follows, thread, about }, context, isEdit) {
  const node = drawMessage(message, { ...context, follows, about });
  if (isEdit) node.classList.add("changed");
  const item = el("div", { class: "sl-item" }, node,
    thread.count ? drawReplies(message, thread, context) : null);
  item.revision = message.revision;
  return item;
}

function drawReplies(message, thread, context) {
  return el("button", {
    type: "button", class: "sl-replies", onclick: () => context.thread(message),
  },
  thread.authors.map((id) => avatar(author(id, context), "tiny")),
  el("b", {}, thread.count === 1 ? "1 reply" : `${thread.count} replies`),
  el("span", {}, `Last reply ${lastReply(thread.last, context)}`));
}

function lastReply(ts, context) {
  const date = day(ts, context);
  const name = ["Today", "Yesterday"].includes(date) ? date.toLowerCase() : date;
  return `${name} at ${clock(ts, context)}`;
}

const author = (id, context) => context.users[id] ?? { name: id, initials: "?", colour: "#777" };

// One message. context also: follows (the same person goes on), inThread, about (a broadcast)
export function drawMessage(message, context) {
  const user = author(message.user, context);
  const time = el("time", {
    class: "sl-time", datetime: when(message.ts).toISOString(),
  }, clock(message.ts, context));
  const { follows } = context;
  return el("article", {
    class: `sl-message${follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}`,
    "aria-label": `${user.name}, ${clock(message.ts, context)}`,
    tabindex: -1,
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
    context.about ? el("p", { class: "sl-about" }, "replied to a thread: ", el("button", {
      type: "button", onclick: () => context.thread(message),
    }, plain(context.about.slice(0, 80)))) : null,
    drawBody(message, context)),
  message.ephemeral ? null : drawTools(message, user, context));
}

function drawBody(message, context) {
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
  return body;
}

function drawTools(message, user, context) {
  const tool = (kind, label, attributes) => el("button", {
    type: "button", class: `sl-tool ${kind}`, title: label, tabindex: -1,
    "aria-label": `${label}: ${user.name}, ${clock(message.ts, context)}`, ...attributes,
  });
  const more = tool("more", "More actions", {
    "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => context.more(message, more),
  });
  return el("div", { class: "sl-tools" },
    context.inThread || message.thread_ts ? null
      : tool("reply", "Reply in thread", { onclick: () => context.thread(message) }),
    more);
}
