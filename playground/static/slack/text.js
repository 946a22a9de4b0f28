// Slack's mrkdwn as nodes: bold, italic, strike, code, links, mentions, dates and a few emoji.

import { el } from "../dom.js";
import { SHORTCODES, withEmoji } from "../emoji.js";

const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "(?<![\\w*])\\*(\\S|\\S[^*\\n]*?\\S)\\*(?![\\w*])",
  "(?<!\\w)_(\\S|\\S[^_\\n]*?\\S)_(?!\\w)",
  "(?<![\\w~])~(\\S|\\S[^~\\n]*?\\S)~(?![\\w~])",
  ":([a-z0-9_+-]+):",
  "(https?://[^\\s<>]+[^\\s<>.,;:!?)\\]'\"])",
].join("|"), "g");

const SAFE = /^(https?:|mailto:)/i;

const unescaped = (text) =>
  text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

export function plain(text) {
  return withEmoji(text.replace(/:([a-z0-9_+-]+):/g, (all, name) => SHORTCODES[name] ?? all));
}

export const isSafe = (url) => SAFE.test(url);

export function link(url, label) {
  if (!isSafe(url)) return label;
  return el("a", {
    href: url, target: "_blank", rel: "noopener noreferrer", class: "sl-link",
  }, label);
}

// A text object, plain or mrkdwn.
export function textOf(object, context) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : plain(object.text);
}

// context: {users, channels, tz, locale}
export function mrkdwn(text, context) {
  const parts = text.split(/```\n?([\s\S]+?)```/);
  return parts.flatMap((part, place) => {
    if (place % 2) return [el("pre", { class: "sl-pre" }, unescaped(part.replace(/\n$/, "")))];
    return quoted(place ? part.replace(/^\n/, "") : part, context);
  });
}

function quoted(text, context) {
  const nodes = [];
  for (const run of text.split(/((?:^|\n)&gt; ?[^\n]*(?:\n&gt; ?[^\n]*)*\n?)/)) {
    if (/^\n?&gt;/.test(run)) {
      const inner = run.replace(/^\n|\n$/g, "").replace(/^&gt; ?/gm, "");
      nodes.push(el("blockquote", { class: "sl-quote" }, inline(inner, context)));
    } else if (run) nodes.push(...inline(run, context));
  }
  return nodes;
}

function inline(text, context) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(...lines(text.slice(end, match.index)));
    nodes.push(...piece(match, context));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(...lines(text.slice(end)));
  return nodes;
}

function piece([all, code, angled, bold, italic, strike, emoji, url], context) {
  if (code) return [el("code", { class: "sl-code" }, unescaped(code))];
  if (angled) return [angle(angled, context)];
  if (bold) return [el("strong", {}, inline(bold, context))];
  if (italic) return [el("em", {}, inline(italic, context))];
  if (strike) return [el("s", {}, inline(strike, context))];
  if (emoji) return withEmoji(SHORTCODES[emoji] ?? all);
  return [link(unescaped(url), unescaped(url))];
}

function angle(inner, context) {
  const [target, label] = inner.split(/\|(.*)/s);
  const shown = label === undefined ? null : unescaped(label);
  if (target.startsWith("@")) {
    const name = context.users[target.slice(1)]?.name ?? shown ?? target.slice(1);
    return el("span", { class: "sl-mention" }, `@${name}`);
  }
  if (target.startsWith("#")) {
    const name = context.channels?.[target.slice(1)] ?? shown ?? target.slice(1);
    return el("span", { class: "sl-mention" }, `#${name}`);
  }
  if (target.startsWith("!date^")) return date(target, shown, context);
  if (target.startsWith("!")) {
    return el("span", { class: "sl-mention loud" }, `@${target.slice(1)}`);
  }
  return link(unescaped(target), shown ?? unescaped(target));
}

// <!date^1392734382^{date_short} at {time}|fallback>, in the reader's own time zone
function date(target, fallback, context) {
  const [, seconds, format, url] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return fallback ?? target;
  const say = (options) =>
    when.toLocaleString(context.locale, { timeZone: context.tz, ...options });
  const words = {
    date_num: say({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date: say({ year: "numeric", month: "long", day: "numeric" }),
    date_short: say({ year: "numeric", month: "short", day: "numeric" }),
    date_long: say({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: say({ hour: "numeric", minute: "2-digit" }),
    time_secs: say({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  const text = format.replace(/\{(\w+)\}/g,
    (all, name) => words[name.replace(/_pretty$/, "")] ?? all);
  const node = el("time", { datetime: when.toISOString(), title: fallback }, text);
  return url ? link(unescaped(url), node) : node;
}

function lines(text) {
  return text.split("\n").flatMap((row, place) => [
    ...(place ? [el("br")] : []), ...withEmoji(unescaped(row)),
  ]);
}
