// The bot's modal over the Slack window: draws it, fills it again after an update, submits it.

import { el, trap } from "../dom.js";
import { collect, drawBlocks, refill } from "./blocks.js";
import { plain } from "./text.js";

// Keeps the topmost modal on screen as the state says; what was typed survives an update.
export class ModalLayer {
  #host;
  #calls;
  #open = null;

  // calls: {submit(view, values), close(view, everything),
  //   act(view, element, block, value, values)}
  constructor(host, calls) {
    this.#host = host;
    this.#calls = calls;
  }

  show(view, depth, context) {
    if (!view) {
      this.#drop();
    } else if (this.#open?.hash !== view.hash || this.#open?.id !== view.id) {
      const same = this.#open?.id === view.id;
      const kept = same ? collect(this.#open.dialog) : {};
      const focused = same ? this.#open.dialog.contains(document.activeElement)
        && document.activeElement.id : null;
      this.#drop();
      this.#draw(view, depth, context);
      refill(this.#open.dialog, kept);
      this.#focus(focused);
    }
  }

  #drop() {
    if (!this.#open) return;
    this.#open.release();
    this.#open.overlay.remove();
    this.#open = null;
  }

  #draw(view, depth, context) {
    const close = () => this.#calls.close(view, false);
    const body = el("div", { class: "sl-dialog-body" });
    body.append(...drawBlocks(view.blocks, {
      ...context,
      scope: view.id,
      act: (element, block, value) =>
        this.#calls.act(view, element, block, value, collect(body)),
    }));
    const title = el("h2", { id: `${view.id}-title` }, plain(view.title.text));
    const trouble = el("p", { class: "sl-trouble", role: "alert" });
    const submit = view.submit
      ? el("button", { class: "sl-button primary solid" }, plain(view.submit.text)) : null;
    const dialog = el("form", {
      class: "sl-dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": title.id,
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (submit) this.#submit(view, { body, submit, trouble });
      },
    },
    el("header", {}, title, el("button", {
      type: "button", class: "sl-close", "aria-label": "Close",
      onclick: () => this.#calls.close(view, true),
    }, plain("✕"))),
    body,
    trouble,
    el("footer", {},
      el("button", { type: "button", class: "sl-button", onclick: close },
        plain(view.close?.text ?? (depth > 1 ? "Back" : "Cancel"))),
      submit));
    const overlay = el("div", { class: "sl-overlay" }, dialog);
    this.#host.append(overlay);
    this.#open = { id: view.id, hash: view.hash, dialog, overlay, release: trap(dialog, close) };
  }

  #focus(id) {
    const { dialog } = this.#open;
    const first = (id && document.getElementById(id))
      || dialog.querySelector("[data-first]")
      || dialog.querySelector(".sl-dialog-body :is(input, select, textarea, button, a)")
      || dialog.querySelector("footer button:last-child");
    first?.focus();
  }

  async #submit(view, { body, submit, trouble }) {
    if (submit.getAttribute("aria-busy") === "true") return;
    submit.setAttribute("aria-busy", "true");
    const answer = await this.#calls.submit(view, collect(body));
    submit.removeAttribute("aria-busy");
    trouble.textContent = answer.error ?? "";
    for (const block of body.querySelectorAll(".sl-input")) {
      const text = answer.errors?.[block.dataset.block] ?? "";
      block.classList.toggle("bad", Boolean(text));
      block.querySelector(".sl-field-error").textContent = text;
      for (const field of block.querySelectorAll("input, select, textarea")) {
        field.toggleAttribute("aria-invalid", Boolean(text));
      }
    }
    body.querySelector(".sl-input.bad :is(input, select, textarea)")?.focus();
  }
}
