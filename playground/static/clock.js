// What time it is in the playground, and the buttons that move it ahead.

import { el, inTurn, look, send } from "./dom.js";

const STEPS = ["minute", "hour", "day", "week"];
const UNITS = [["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];
const TICK_MILLISECONDS = 5000;
const LANGUAGE = "en-US";

let aheadSeconds = 0;

// The playground's time, for whatever says "Today".
export const now = () => new Date(Date.now() + aheadSeconds * 1000);

// 7 days ahead, 1 day 2 hours ahead: at most two units, and no weeks, which few count in.
export function aheadInWords(seconds) {
  const words = [];
  let left = seconds;
  for (const [unit, size] of UNITS.slice(1)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) words.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return words.length ? `${words.slice(0, 2).join(" ")} ahead` : "";
}

// Ask what time it is there. True when it is another than was known.
export async function syncClock() {
  const answer = await look("/world/clock");
  const before = aheadSeconds;
  if (Number.isInteger(answer?.ahead_seconds)) aheadSeconds = answer.ahead_seconds;
  return aheadSeconds !== before;
}

// moved() is called when the clock was moved, by these buttons or elsewhere.
export function clockControls(onEvent, moved) {
  const time = el("b");
  const ahead = el("span");
  const said = el("span", { class: "hidden-text", role: "status" });
  const buttons = STEPS.map((step) => el("button", {
    type: "button", "aria-label": `Move the clock 1 ${step} ahead`, onclick: () => move(step),
  }, `+1 ${step}`));
  const bar = el("div", { class: "page-clock", role: "group", "aria-label": "Clock" },
    el("span", { class: "page-clock-time" }, "Clock: ", time, ahead), buttons, said);

  const tick = () => {
    time.textContent = now().toLocaleString(LANGUAGE, {
      month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    const words = aheadInWords(aheadSeconds);
    ahead.textContent = words ? `, ${words}` : "";
  };
  const refresh = inTurn(async () => {
    const isNew = await syncClock();
    tick();
    if (isNew) moved();
  });

  async function move(step) {
    for (const button of buttons) button.disabled = true;
    const answer = await send("/world/clock", { step });
    await refresh();
    said.textContent = answer.ok ? `It is now ${time.textContent}.` : answer.error;
    const pressed = buttons[STEPS.indexOf(step)];
    for (const button of buttons) button.disabled = false;
    if (document.activeElement === document.body) pressed.focus();
  }

  onEvent("clock", refresh);
  setInterval(tick, TICK_MILLISECONDS);
  tick();
  return bar;
}
