// The inspector's list of raw requests; what one says is asked for when somebody opens it.

import { el, look, reconcile } from "../dom.js";
import { withEmoji } from "../emoji.js";

const CHATS = { slack: "Slack", telegram: "Telegram", stripe: "Stripe", sandbox: "Sandbox" };

export const clockTime = (at) => new Date(at).toLocaleTimeString("en-US", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

export function drawRequests(body, requests) {
  if (requests.length === 0) {
    body.replaceChildren(el("p", { class: "inspector-empty" },
      "Nothing yet. Write to the bot in either window."));
    return;
  }
  let list = body.querySelector(".inspector-requests");
  if (!list) {
    list = el("ol", { class: "inspector-requests", "aria-label": "Requests, newest first" });
    body.replaceChildren(list);
  }
  reconcile(list, requests, {
    key: (request) => request.key,
    signature: (request) => JSON.stringify(request),
    render: row,
  });
}

function row(request) {
  const ends = [CHATS[request.chat], "bot"];
  const [from, to] = request.from_bot ? ends.toReversed() : ends;
  const good = request.status >= 200 && request.status < 300;
  const content = el("div", { class: "inspector-bodies" });
  const details = el("details", {},
    el("summary", {},
      el("time", { datetime: request.at }, clockTime(request.at)),
      el("span", { class: `inspector-way ${request.from_bot ? "from" : "to"}` },
        `${from} → ${to}`),
      el("b", {}, withEmoji(request.what)),
      el("code", {}, request.path),
      el("span", { class: `inspector-status ${good ? "" : "bad"}` },
        request.status === null ? "no answer" : String(request.status)),
      el("span", { class: "inspector-ms" }, `${Math.round(request.milliseconds)} ms`)),
    content);
  details.addEventListener("toggle", () => {
    if (details.open && !content.childElementCount) fill(content, request.key);
  });
  return el("li", {}, details);
}

async function fill(content, key) {
  const found = await look(`/inspector/requests/${encodeURIComponent(key)}`);
  if (!found) {
    content.replaceChildren(el("p", {}, "The playground has forgotten this one."));
    return;
  }
  content.replaceChildren(part("Request", found.request), part("Answer", found.response));
}

function part(name, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return el("section", { "aria-label": name },
    el("h3", {}, name), el("pre", { tabindex: "0" }, withEmoji(text || "(empty)")));
}
