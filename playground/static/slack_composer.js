// Where a person types: Enter sends, Shift+Enter breaks the line, "/" shows the commands.

import { el } from "./dom.js";
import { avatar } from "./slack_messages.js";

export class Composer {
  #box;
  #hints;
  #thread;
  #send;
  #say;
  #threadTs = "";
  #commands = [];
  #bot = null;

  // say(text, threadTs) -> Promise<answer>
  constructor({ say }) {
    this.#say = say;
    this.#hints = el("div", { class: "sl-hints", hidden: true });
    this.#thread = el("div", { class: "sl-in-thread", hidden: true });
    this.#box = el("textarea", {
      rows: 1, "aria-label": "Message", autocomplete: "off",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#send = el("button", { class: "sl-send", "aria-label": "Send", disabled: true });
    this.node = el("form", {
      class: "sl-composer",
      onsubmit: (event) => {
        event.preventDefault();
        this.#submit();
      },
    }, this.#hints, this.#thread, el("div", { class: "sl-box" }, this.#box, this.#send));
  }

  aim(name, commands, bot) {
    this.#box.placeholder = `Message ${name}`;
    this.#commands = commands;
    this.#bot = bot;
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  replyTo(message, name) {
    this.#threadTs = message.ts;
    this.#thread.hidden = false;
    this.#thread.replaceChildren(`Replying to ${name} in a thread`, el("button", {
      type: "button", "aria-label": "Leave the thread", onclick: () => this.leaveThread(),
    }, "✕"));
    this.focus();
  }

  leaveThread() {
    this.#threadTs = "";
    this.#thread.hidden = true;
  }

  #typed() {
    const text = this.#box.value;
    this.#send.disabled = !text.trim();
    this.#box.style.height = "auto";
    this.#box.style.height = `${Math.min(this.#box.scrollHeight, 160)}px`;
    const word = text.split(" ")[0];
    const fitting = text.startsWith("/") ? this.#commands.filter((c) => c.name.startsWith(word)) : [];
    this.#hints.hidden = fitting.length === 0;
    this.#hints.replaceChildren(...fitting.map((command) => el("button", {
      type: "button", onclick: () => this.#complete(command),
    },
    avatar(this.#bot, "small"),
    el("span", {}, el("b", {}, command.name), " ", el("i", {}, command.usage_hint),
      el("small", {}, command.description)),
    el("small", {}, this.#bot.name))));
  }

  #complete(command) {
    if (!this.#box.value.startsWith(`${command.name} `)) this.#box.value = `${command.name} `;
    this.#typed();
    this.focus();
  }

  #key(event) {
    const typing = this.#box.value;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Tab" && !event.shiftKey && /^\/\w*$/.test(typing)) {
      const command = this.#commands.find((c) => c.name.startsWith(typing));
      if (!command) return;
      event.preventDefault();
      this.#complete(command);
    } else if (event.key === "Escape") {
      this.#hints.hidden = true;
    }
  }

  async #submit() {
    const text = this.#box.value;
    if (!text.trim()) return;
    this.#box.value = "";
    this.#typed();
    this.node.classList.add("sending");
    const answer = await this.#say(text, this.#threadTs);
    this.node.classList.remove("sending");
    if (answer.ok === false) {
      this.#box.value = text;
      this.#typed();
      this.#box.setCustomValidity(answer.error);
      this.#box.reportValidity();
      this.#box.addEventListener("input", () => this.#box.setCustomValidity(""), { once: true });
    }
  }
}
