// The panel that shows what goes on behind the two windows. It asks only while it is open.

import { el, inTurn, look } from "../dom.js";
import { drawer } from "../drawer.js";
import { drawCards, drawConversations, drawLedger, drawWork } from "./inside.js";
import { drawRequests } from "./requests.js";

const QUIET_MILLISECONDS = 300;

const TABS = [
  { id: "requests", name: "Requests", draw: drawRequests },
  { id: "conversation", name: "Conversation", draw: drawConversations },
  { id: "ledger", name: "Ledger", draw: drawLedger },
  { id: "cards", name: "Cards", draw: drawCards },
  { id: "work", name: "Deliveries", draw: drawWork },
];

export function mountInspector(button, panel, onEvent) {
  let chosen = TABS[0];
  let timer = 0;
  let fresh = false;
  const drawInTurn = inTurn(draw);

  const body = el("div", {
    class: "inspector-body", id: "inspector-body", role: "tabpanel", tabindex: "0",
  });
  const tabs = TABS.map((tab, place) => el("button", {
    type: "button", role: "tab", id: `inspector-${tab.id}`, "aria-controls": "inspector-body",
    onclick: () => choose(place), onkeydown: (event) => onArrow(event, place),
  }, tab.name));
  const hide = drawer(button, panel, () => {
    choose(TABS.indexOf(chosen));
    tabs[TABS.indexOf(chosen)].focus();
  });
  const close = el("button", { type: "button", class: "inspector-close", onclick: hide }, "Close");
  panel.replaceChildren(
    el("div", { class: "inspector-head" },
      el("h2", {}, "Inspector"),
      el("div", { class: "inspector-tabs", role: "tablist", "aria-label": "Inspector" }, tabs),
      close),
    body);

  function choose(place) {
    chosen = TABS[place];
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === place));
      tab.tabIndex = at === place ? 0 : -1;
    });
    body.setAttribute("aria-labelledby", tabs[place].id);
    body.replaceChildren();
    body.scrollTop = 0;
    if (!panel.hidden) refresh(true);
  }

  function onArrow(event, place) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (place + step + TABS.length) % TABS.length;
    choose(next);
    tabs[next].focus();
  }

  // Many changes come together; whoever reads needs the last of them.
  function refresh(again) {
    if (panel.hidden) return;
    fresh ||= again;
    clearTimeout(timer);
    timer = setTimeout(drawInTurn, body.childElementCount ? QUIET_MILLISECONDS : 0);
  }

  async function draw() {
    const drawn = chosen;
    const query = fresh ? "?fresh=1" : "";
    fresh = false;
    const isRequests = drawn.id === "requests";
    const found = await look(isRequests ? "/inspector/requests" : `/inspector/inside${query}`);
    if (panel.hidden || drawn !== chosen) return;
    const problem = isRequests ? (found ? "" : "The playground does not answer.") : trouble(found);
    if (problem) body.replaceChildren(el("p", { class: "inspector-empty" }, problem));
    else if (isRequests) drawn.draw(body, found.requests);
    else drawn.draw(body, found.inside, found.names);
  }

  onEvent("requests", () => { if (chosen.id === "requests") refresh(false); });
  onEvent("inspector", () => { if (chosen.id !== "requests") refresh(false); });
  for (const topic of ["slack", "telegram", "world", "clock"]) {
    onEvent(topic, () => { if (chosen.id !== "requests") refresh(true); });
  }
}

// Why there is nothing to draw, in a sentence; "" where there is.
function trouble(found) {
  if (!found) return "The playground does not answer.";
  if (found.inside) return "";
  if (found.failed) return "The bot could not be inspected; see bot.log in the demo's folder.";
  return found.ready ? "Looking…" : "Starting the bot…";
}
