// The shell: loads the two windows, listens for changes, and keeps the accounts below them.

import { clockControls, syncClock } from "./clock.js";
import { el, inTurn, look, reconcile, send } from "./dom.js";
import { mountFaults } from "./faults.js";
import { mountInspector } from "./inspector/inspector.js";
import { mountPromises } from "./promises.js";
import { mountStripe } from "./stripe/stripe.js";

const WINDOWS = ["slack", "telegram"];
const TOPICS = [...WINDOWS, "stripe", "world", "requests", "inspector", "clock", "faults"];
const handlers = Object.fromEntries(TOPICS.map((topic) => [topic, new Set()]));
const refetch = (topic) => handlers[topic].forEach((handler) => handler(topic));

// A window asks to be told of changes: onEvent(handler), or onEvent(topic, handler).
function subscription(own) {
  return (first, second) => {
    const [topic, handler] = typeof first === "function" ? [own, first] : [first, second];
    handlers[topic].add(handler);
    return () => handlers[topic].delete(handler);
  };
}

async function mountWindows() {
  for (const name of WINDOWS) {
    const pane = document.getElementById(name);
    try {
      const module = await import(`./${name}/${name}.js`);
      await module.mount(pane, { onEvent: subscription(name) });
    } catch (problem) {
      console.error(problem);
      pane.replaceChildren(el("p", { class: "page-missing" }, "This window could not be opened."));
    }
  }
}

function listen() {
  const stream = new EventSource("/live");
  const offline = document.querySelector(".page-offline");
  for (const topic of Object.keys(handlers)) stream.addEventListener(topic, () => refetch(topic));
  stream.addEventListener("open", () => {
    offline.hidden = true;
    Object.keys(handlers).forEach(refetch);
  });
  stream.addEventListener("error", () => { offline.hidden = false; });
  addEventListener("pagehide", () => stream.close());
}

// -- tabs, on narrow screens

function wireTabs() {
  const tabs = [...document.querySelectorAll(".page-tabs [role=tab]")];
  const choose = (tab) => {
    document.body.dataset.tab = tab.dataset.tab;
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
  };
  tabs.forEach((tab, place) => {
    // Where a drawer leaves room for one window, it is the one that was used last.
    document.getElementById(tab.dataset.tab).addEventListener("focusin", () => choose(tab));
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
}

// -- a way by keyboard past all that comes before a window's text field

function wireSkips() {
  for (const link of document.querySelectorAll(".page-skip a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const pane = document.getElementById(link.hash.slice(1));
      document.getElementById(`tab-${pane.id}`).click();
      enter(pane);
    });
  }
}

function enter(pane) {
  const fields = [...pane.querySelectorAll("textarea:enabled, .tg-only")];
  (fields.find((field) => field.offsetParent) ?? pane).focus();
}

// -- accounts and spending

function balanceOf(account) {
  if (typeof account.balance === "string") return account.balance;
  if (Number.isInteger(account.balance_minor)) {
    const exponent = account.exponent ?? 2;
    const digits = String(Math.abs(account.balance_minor)).padStart(exponent + 1, "0");
    const whole = digits.slice(0, digits.length - exponent);
    const part = exponent ? `.${digits.slice(-exponent)}` : "";
    const sign = account.balance_minor < 0 ? "-" : "";
    return `${sign}${whole}${part} ${account.currency ?? ""}`.trim();
  }
  return "";
}

function chip(account) {
  return el("li", { class: account.low ? "low" : null },
    el("span", {}, account.name ?? account.id),
    el("b", {}, balanceOf(account)),
    account.low ? el("em", {}, "low") : null);
}

function mountControls(panel) {
  const accounts = el("select", { "aria-label": "Account to spend from", required: true });
  const amount = el("input", {
    "aria-label": "Amount to spend", inputmode: "decimal", placeholder: "5.00", required: true,
  });
  const said = el("span", { class: "page-said", role: "status" });
  const list = el("ul", { class: "page-accounts", "aria-label": "Balances" });
  const form = el("form", { class: "page-spend" },
    el("h2", {}, "Spend"), accounts, amount, el("button", {}, "Spend"), said);
  // "Today" is another day now.
  const moved = () => WINDOWS.forEach(refetch);
  panel.replaceChildren(form, clockControls(subscription("clock"), moved), list);

  const say = (text, bad = false) => {
    said.textContent = text;
    said.classList.toggle("bad", bad);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { account: accounts.value, amount: amount.value };
    const answer = await send("/world/spend", body);
    const bad = answer.ok === false || Boolean(answer.error);
    say(bad ? String(answer.error ?? "That was refused.") : `Spent ${body.amount}.`, bad);
    if (!bad) amount.value = "";
    refresh();
  });

  const refresh = inTurn(async () => {
    const answer = await look("/world/accounts");
    const known = Array.isArray(answer) ? answer : (answer?.accounts ?? []);
    document.querySelector(".page-starting").hidden = answer?.ready !== false;
    const chosen = accounts.value;
    reconcile(accounts, known, { key: (a) => a.id, signature: (a) => a.name ?? a.id,
      render: (a) => el("option", { value: a.id }, a.name ?? a.id) });
    if (known.some((a) => a.id === chosen)) accounts.value = chosen;
    list.replaceChildren(...known.map(chip));
    form.querySelector("button").disabled = known.length === 0;
    if (known.length === 0) say("Accounts appear here when the bot is running.");
    else if (said.textContent.startsWith("Accounts appear")) say("");
  });

  handlers.world.add(refresh);
  refresh();
}

wireTabs();
wireSkips();
mountControls(document.getElementById("controls"));
mountPromises(document.getElementById("promises"), subscription("world"));
mountFaults(document.getElementById("break"), document.getElementById("faults"),
  subscription("faults"));
mountStripe(document.getElementById("stripe-side"), document.getElementById("stripe"),
  subscription("stripe"));
mountInspector(document.getElementById("inspect"), document.getElementById("inspector"),
  subscription("inspector"));
await syncClock();
await mountWindows();
// Somebody may have come there before it was.
if (document.activeElement?.matches(".page-pane")) enter(document.activeElement);
listen();
