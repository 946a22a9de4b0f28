// The fault panel: switches for what goes wrong on every way, and an end for the bot.

import { el, inTurn, look, send } from "./dom.js";
import { drawer } from "./drawer.js";

const CALLBACKS = {
  duplicate: ["Duplicate", "comes 3 times"],
  reorder: ["Reorder", "newest first"],
  delay: ["Delay", "10 seconds late"],
  drop: ["Drop", "never arrives"],
  forge: ["Forge", "a bad copy first"],
  wrong_amount: ["Wrong amount", "takes half, once"],
};
const CHATS = {
  rate_limited: ["429", "too many calls"],
  server_error: ["500", "every call fails"],
  outage: ["Outage", "nobody answers"],
  reply_lost: ["Reply lost", "once, of a text"],
};
const PLACES = [
  ["stripe", "Callbacks of Stripe (simulated)", CALLBACKS],
  ["sandbox", "Callbacks of the sandbox", CALLBACKS, "It takes wrong amounts by test card."],
  ["slack", "Slack's API", CHATS],
  ["telegram", "Telegram's API", CHATS],
];

export function mountFaults(button, panel, onEvent) {
  const said = el("p", { class: "stripe-said", role: "status" });
  const boxes = new Map();
  let turns = 0;
  const refresh = inTurn(draw);
  const hide = drawer(button, panel, () => {
    refresh();
    panel.querySelector("input").focus();
  });
  const close = el("button", { type: "button", class: "inspector-close", onclick: hide }, "Close");
  const kill = el("button", { type: "button", class: "faults-kill", onclick: killBot },
    "Kill the bot now");
  const off = el("button", { type: "button", onclick: () => turn({ place: "all", on: false }) },
    "Switch all off");
  panel.replaceChildren(
    el("div", { class: "inspector-head" },
      el("h2", {}, "Faults"), el("div", { class: "faults-acts" }, kill, off), said, close),
    el("div", { class: "inspector-body faults" },
      PLACES.map(([place, title, faults, hint]) => el("fieldset", {}, el("legend", {}, title),
        Object.entries(faults).map(([fault, words]) => toggle(place, fault, words)),
        hint ? el("p", { class: "faults-hint" }, hint) : null))));

  function toggle(place, fault, [name, what]) {
    const count = el("span", { class: "faults-count" });
    const box = el("input", {
      type: "checkbox",
      onchange: () => turn({ place, fault, on: box.checked }),
    });
    const label = el("label", {}, box, el("b", {}, name), el("span", {}, what), count);
    boxes.set(`${place} ${fault}`, { box, count, label });
    return label;
  }

  async function turn(wanted) {
    turns += 1;
    const answer = await send("/world/faults", wanted);
    said.textContent = answer.ok ? "" : answer.error;
    await refresh();
  }

  async function killBot() {
    const answer = await send("/world/kill", { kill: true });
    said.textContent = answer.ok ? "Killed. It is started again." : answer.error;
  }

  async function draw() {
    const before = turns;
    const found = panel.hidden ? null : await look("/world/faults");
    // What was asked before a switch was pressed is old.
    if (!found || before !== turns) return;
    for (const [name, { box, count, label }] of boxes) {
      const [place, fault] = name.split(" ");
      const state = found[place]?.[fault];
      label.hidden = !state;
      if (!state) continue;
      box.checked = state.on;
      count.textContent = state.happened ? `${state.happened}×` : "";
    }
  }

  for (const topic of ["faults", "requests", "slack", "telegram", "stripe"]) {
    onEvent(topic, refresh);
  }
}
