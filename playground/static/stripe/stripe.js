// The merchant's side of the played Stripe: what was paid, and buttons for what happens to it.

import { el, inTurn, look, reconcile, send } from "../dom.js";
import { drawer } from "../drawer.js";
import { clockTime } from "../inspector/requests.js";

const ACTS = {
  refund: "Refund all", dispute: "Dispute it", inquire: "The bank inquires",
  escalate: "It becomes a dispute", win: "Dispute is won", lose: "Dispute is lost",
  fail: "The refund fails",
};
const CLOSE_INQUIRY = "The inquiry ends";

export function mountStripe(button, panel, onEvent) {
  const said = el("p", { class: "stripe-said", role: "status" });
  const list = el("ul", { class: "inspector-rows stripe-payments", "aria-label": "Payments" });
  const none = el("p", { class: "inspector-empty" },
    "No payment yet. Top up in either window and choose Stripe (simulated).");
  const refreshInTurn = inTurn(draw);
  const hide = drawer(button, panel, () => {
    refreshInTurn();
    close.focus();
  });
  const close = el("button", { type: "button", class: "inspector-close", onclick: hide }, "Close");
  panel.replaceChildren(
    el("div", { class: "inspector-head" }, el("h2", {}, "Stripe (simulated)"), said, close),
    el("div", { class: "inspector-body" }, none, list));

  async function draw() {
    if (panel.hidden) return;
    const found = await look("/window/stripe/payments");
    if (!found) {
      said.textContent = "The playground does not answer.";
      return;
    }
    const { payments, on_their_way: waiting } = found;
    none.hidden = payments.length > 0;
    said.textContent = waiting ? `${waiting} ${waiting === 1 ? "event" : "events"} on the way` : "";
    reconcile(list, payments, {
      key: (payment) => payment.id,
      signature: (payment) => JSON.stringify(payment),
      render: (payment) => row(payment, act),
    });
  }

  async function act(payment, name, amount = "") {
    const answer = await send("/window/stripe/act", { payment, act: name, amount });
    await refreshInTurn();
    if (!answer.ok) said.textContent = answer.error;
  }

  onEvent("stripe", refreshInTurn);
  onEvent("clock", refreshInTurn);
}

function row(payment, act) {
  const inquiry = payment.acts.includes("escalate");
  return el("li", {},
    el("b", {}, payment.amount),
    el("span", {}, payment.description),
    el("time", { class: "inspector-soft", datetime: new Date(payment.at * 1000).toISOString() },
      clockTime(payment.at * 1000)),
    el("ul", { class: "stripe-told", "aria-label": "What happened" },
      ["Paid", ...payment.told].map((words) => el("li", { class: "inspector-state" }, words))),
    el("div", { class: "stripe-acts" },
      payment.acts.includes("refund") ? part(payment, act) : null,
      payment.acts.map((name) => el("button", {
        type: "button", onclick: () => act(payment.id, name),
      }, inquiry && name === "lose" ? CLOSE_INQUIRY : ACTS[name]))));
}

function part(payment, act) {
  const amount = el("input", {
    "aria-label": `Part of ${payment.amount}`, inputmode: "decimal", placeholder: "5.00",
    required: true,
  });
  return el("form", {
    onsubmit: (event) => {
      event.preventDefault();
      act(payment.id, "refund", amount.value);
    },
  }, amount, el("button", {}, "Refund part"));
}
