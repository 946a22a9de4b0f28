// The bar of promises: each with a symbol and a word, and its facts as text when it is opened.

import { el, inTurn, look } from "./dom.js";
import { withEmoji } from "./emoji.js";

const SYMBOLS = { kept: "✓", waiting: "⏳", broken: "✗" };
const WORDS = { kept: "", waiting: ": waiting", broken: ": broken" };
const AGAIN_MILLISECONDS = 1000;

export function mountPromises(bar, onEvent) {
  const all = el("b", { class: "promises-all" }, "Looking…");
  const chips = el("span", { class: "promises-chips" });
  const facts = el("ul", { class: "promises-facts", "aria-label": "Facts" });
  const said = el("span", { class: "hidden-text", role: "status" });
  // They lie over the windows, so whoever has read them gets back by Escape or a click elsewhere.
  const summaryLine = el("summary", {}, all, chips, el("span", { class: "promises-more" }, "Facts"));
  const box = el("details", {}, summaryLine, facts);
  bar.replaceChildren(box, said);
  document.addEventListener("pointerdown", ({ target }) => {
    if (!box.contains(target)) box.open = false;
  });
  box.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !box.open) return;
    box.open = false;
    summaryLine.focus();
  });
  let timer = 0;

  const refresh = inTurn(async () => {
    clearTimeout(timer);
    const found = await look("/world/promises");
    const promises = found?.promises ?? [];
    if (promises.length) draw(promises, found.ready);
    const settled = promises.length && found.ready && promises.every((one) => one.state === "kept");
    if (found && !settled) timer = setTimeout(refresh, AGAIN_MILLISECONDS);
  });

  function draw(promises, ready) {
    const { state, words } = summary(promises, ready);
    bar.dataset.state = state;
    if (all.textContent !== words) all.replaceChildren(...withEmoji(words));
    if (said.textContent !== words) said.textContent = words;
    chips.replaceChildren(...promises.map((one) => el("span", { class: one.state, title: one.fact },
      named(one))));
    facts.replaceChildren(...promises.map((one) => el("li", { class: one.state },
      el("b", {}, named(one)), ` ${one.fact}`)));
  }

  for (const topic of ["world", "slack", "telegram", "stripe", "clock"]) onEvent(topic, refresh);
  refresh();
}

const named = (one) => withEmoji(`${SYMBOLS[one.state]} ${one.name}${WORDS[one.state]}`);

function summary(promises, ready) {
  const count = (state) => promises.filter((one) => one.state === state).length;
  const broken = count("broken");
  const waiting = count("waiting");
  const left = promises.length - broken - waiting;
  if (broken) return { state: "broken", words: `✗ ${broken} of ${promises.length} broken` };
  if (!ready) return { state: "waiting", words: "⏳ The bot is down" };
  if (waiting) return { state: "waiting", words: `⏳ ${left} kept, ${waiting} waiting` };
  return { state: "kept", words: `✓ All ${promises.length} promises kept` };
}
