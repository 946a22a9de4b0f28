// "Are you sure?", before a button that asks for it.

import { el, trap } from "../dom.js";
import { plain, textOf } from "./text.js";

// Ask before a button that has `confirm`; true when the person agrees.
export function askToConfirm(node, confirm, context) {
  const host = node.closest(".sl");
  return new Promise((resolve) => {
    const title = el("h2", { id: "sl-confirm-title" }, plain(confirm.title.text));
    const done = (agreed) => {
      release();
      overlay.remove();
      resolve(agreed);
    };
    const yes = el("button", {
      type: "button", class: `sl-button ${confirm.style ?? "primary"} solid`,
      onclick: () => done(true),
    }, plain(confirm.confirm.text));
    const dialog = el("div", {
      class: "sl-dialog small", role: "alertdialog", "aria-modal": "true",
      "aria-labelledby": title.id,
    },
    el("header", {}, title),
    el("div", { class: "sl-dialog-body" }, textOf(confirm.text, context)),
    el("footer", {},
      el("button", { type: "button", class: "sl-button", onclick: () => done(false) },
        plain(confirm.deny.text)),
      yes));
    const overlay = el("div", { class: "sl-overlay top" }, dialog);
    host.append(overlay);
    const release = trap(dialog, () => done(false));
    yes.focus();
  });
}
