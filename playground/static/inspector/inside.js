// What the bot says of its inside: conversations, ledger, cards, pending work. It only draws.

import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { clockTime } from "./requests.js";

const PLATFORMS = { slack: "Slack", telegram: "Telegram" };
const STATES = { idle: "Idle", asking: "Asking", reviewing: "Reviewing" };
const SLOTS = { account: "Account", amount: "Amount", currency: "Currency", method: "Method" };
const WORK = {
  turns: "Turns of conversations", show: "Chats with cards to show", payments: "Payments to fetch",
  reconcile: "Gateway to ask again", expire: "Links to expire", home: "Home pages",
};

const empty = (words) => el("p", { class: "inspector-empty" }, words);
const fact = (name, value) => [el("dt", {}, name), el("dd", {}, value)];

// A chat by its name: a channel, a thread below a message in it, or a home page.
function place(platform, id, names) {
  if (id.startsWith("home:")) {
    return `App Home of ${names[`${platform}:${id.slice(5)}`] ?? id.slice(5)}`;
  }
  const [chat, thread] = id.split("/");
  const name = names[`${platform}:${chat}`] ?? chat;
  return thread ? `${name}, thread` : name;
}

const where = (row, names) =>
  `${PLATFORMS[row.platform] ?? row.platform} · ${place(row.platform, row.chat, names)}`;

// -- conversations

export function drawConversations(body, inside, names) {
  const rows = inside.conversations;
  if (rows.length === 0) return body.replaceChildren(empty("Nobody has spoken to the bot yet."));
  return body.replaceChildren(el("ul", { class: "inspector-grid", "aria-label": "Conversations" },
    rows.map((row) => el("li", { class: "inspector-box" },
      el("h3", {}, names[`${row.platform}:${row.person}`] ?? row.person),
      el("p", { class: "inspector-soft" }, `${where(row, names)} · ${clockTime(row.touched_at)}`),
      el("p", {}, el("span", { class: `inspector-state ${row.state}` }, stateWords(row))),
      row.draft ? draft(row.draft) : null))));
}

function stateWords(row) {
  const words = STATES[row.state] ?? row.state;
  return row.asking ? `${words}: ${(SLOTS[row.asking] ?? row.asking).toLowerCase()}` : words;
}

function draft(found) {
  const amount = found.amount ?? (found.amount_text ? `“${found.amount_text}”` : null);
  const slots = { ...found, amount };
  return el("dl", { class: "inspector-facts" },
    Object.entries(SLOTS).map(([slot, name]) => fact(name, slots[slot] ?? "–")));
}

// -- the ledger

export function drawLedger(body, inside) {
  if (inside.ledger.length === 0) {
    return body.replaceChildren(empty("No posting yet. Pay for a top-up, or spend from one."));
  }
  return body.replaceChildren(
    el("ul", { class: "inspector-sums", "aria-label": "Currencies" }, inside.sums.map(sum)),
    el("div", { class: "inspector-grid ledger" }, inside.ledger.map(tAccount)),
    inside.payments.length ? payments(inside.payments) : null);
}

function sum(found) {
  const right = found.sum_minor === 0;
  return el("li", { class: right ? "" : "bad" },
    `${found.currency}: all accounts together ${found.sum} `,
    el("b", {}, withEmoji(right ? "✓ zero" : "✗ not zero")));
}

function tAccount(account) {
  const cell = (line, side) => el("td", {}, line.side === side
    ? [el("b", {}, line.amount), el("span", {}, `${line.transaction} · ${line.against}`)] : null);
  const more = account.postings_not_listed;
  return el("table", { class: "inspector-t" },
    el("caption", {}, account.account, " ", el("span", {}, account.currency)),
    el("thead", {}, el("tr", {}, ...["Debit", "Credit"].map(
      (name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, account.postings.map((line) =>
      el("tr", {}, cell(line, "debit"), cell(line, "credit"))),
    more ? el("tr", {}, el("td", { colspan: "2" }, `and ${more} older`)) : null),
    el("tfoot", {},
      el("tr", {}, el("td", {}, account.debit), el("td", {}, account.credit)),
      el("tr", {}, el("td", { colspan: "2" }, "Balance ", el("b", {}, account.balance),
        account.stored === null ? null : stored(account)))));
}

function stored(account) {
  return withEmoji(account.stored_agrees ? " ✓ as stored" : ` ✗ but stored is ${account.stored}`);
}

function payments(rows) {
  return el("section", { "aria-label": "Payments" },
    el("h3", {}, "Payments"),
    el("ul", { class: "inspector-rows" }, rows.map((row) => el("li", {},
      el("b", {}, row.amount), el("span", {}, row.disposition ?? row.status),
      row.held_because ? el("span", { class: "bad" }, row.held_because) : null,
      el("code", {}, row.payment_ref), el("code", {}, row.top_up ?? "no top-up")))));
}

// -- cards

export function drawCards(body, inside, names) {
  if (inside.cards.length === 0) return body.replaceChildren(empty("No card yet."));
  return body.replaceChildren(el("ul", { class: "inspector-rows cards", "aria-label": "Cards" },
    inside.cards.map((card) => el("li", {},
      el("b", {}, card.title),
      el("span", {}, where(card, names)),
      el("span", { class: `inspector-state ${cardState(card).kind}` }, cardState(card).words),
      el("span", {}, `wanted revision ${card.wanted_rev}, shown ${card.shown_rev}`),
      el("code", {}, card.message ? `message ${card.message[1]}` : "no message"),
      card.subject ? el("code", {}, card.subject) : null,
      card.error ? el("span", { class: "bad" }, `${card.tries} tries: ${card.error}`) : null))));
}

function cardState(card) {
  if (card.given_up) return { kind: "bad", words: "Given up" };
  return card.waiting ? { kind: "asking", words: "Waiting" } : { kind: "idle", words: "Shown" };
}

// -- deliveries and lanes

export function drawWork(body, inside) {
  const { waiting, done, quarantined } = inside.deliveries;
  body.replaceChildren(el("div", { class: "inspector-grid ledger" },
    counts("Deliveries received", ["Waiting", "Done", "Quarantined"],
      [["All chats and gateways", waiting, done, quarantined]]),
    counts("Lanes of pending work", ["Due", "Later", "In hand"],
      inside.lanes.map((lane) => [WORK[lane.kind] ?? lane.kind, lane.due, lane.later, lane.held]),
      "Nothing is pending.")));
}

function counts(title, columns, rows, none = "") {
  return el("table", { class: "inspector-counts" },
    el("caption", {}, title),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Kind"),
      columns.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.length
      ? rows.map(([name, ...numbers]) => el("tr", {},
        el("th", { scope: "row" }, name), numbers.map((number) => el("td", {}, String(number)))))
      : el("tr", {}, el("td", { colspan: String(columns.length + 1) }, none))));
}
