// The pane with one thread: its first message, the replies, and a place to answer.

import { el, keepEnd, reconcile } from "../dom.js";
import { moveAmong } from "../message_keys.js";
import { Composer } from "./composer.js";
import { drawMessage } from "./messages.js";
import { plain } from "./text.js";

export class ThreadPane {
  #parts = {};
  #ts = "";
  #opener = null;
  #closed;

  // calls: {say(text, threadTs) -> Promise<answer>, closed()}
  constructor({ say, closed }) {
    this.#closed = closed;
    this.#parts.where = el("span");
    this.#parts.log = el("div", {
      class: "sl-log", role: "log", "aria-label": "Thread", tabindex: 0,
    });
    keepEnd(this.#parts.log);
    moveAmong(this.#parts.log, ".sl-message", ".sl-tool");
    this.#parts.composer = new Composer({ say: (text) => say(text, this.#ts) });
    this.node = el("section", {
      class: "sl-pane", "aria-label": "Thread", hidden: true,
      onkeydown: (event) => event.key === "Escape" && this.close(),
    },
    el("header", {}, el("h2", {}, "Thread"), this.#parts.where, el("button", {
      type: "button", class: "sl-close", "aria-label": "Close the thread",
      onclick: () => this.close(),
    }, plain("✕"))),
    this.#parts.log, this.#parts.composer.node);
  }

  get ts() {
    return this.#ts;
  }

  open(message) {
    this.#opener = document.activeElement;
    this.#ts = message.thread_ts || message.ts;
    delete this.#parts.log.dataset.thread;
  }

  focus() {
    this.#parts.composer.focus();
  }

  close() {
    if (!this.#ts) return;
    this.#ts = "";
    this.node.hidden = true;
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
    this.#closed();
  }

  draw(channel, title, context) {
    const parent = channel?.messages.find((message) => message.ts === this.#ts);
    if (!parent) {
      this.close();
      return;
    }
    const replies = channel.messages.filter((message) => message.thread_ts === this.#ts);
    const { log } = this.#parts;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const isNew = log.dataset.thread !== this.#ts;
    log.dataset.thread = this.#ts;
    this.node.hidden = false;
    this.#parts.where.textContent = title;
    this.#parts.composer.aim(`${context.me} ${channel.id} ${this.#ts}`, "Reply…");
    this.#parts.composer.allow(channel.is_served);
    reconcile(log, rows(parent, replies), {
      key: (row) => row.count ?? row.ts,
      signature: (row) => JSON.stringify([row, context.users[row.user], context.tz]),
      render: (row, before) => {
        if (row.count) return el("p", { class: "sl-count" }, row.count);
        const node = drawMessage(row, { ...context, inThread: true });
        if (before?.revision < row.revision) node.classList.add("changed");
        node.revision = row.revision;
        return node;
      },
    });
    if (atEnd || isNew) log.scrollTop = log.scrollHeight;
  }
}

function rows(parent, replies) {
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return replies.length ? [parent, { count }, ...replies] : [parent];
}
