// Where a person types: Enter sends, Shift+Enter breaks the line, "/" shows what can be run.

import { el } from "../dom.js";
import { openMenu } from "./menu.js";
import { avatar } from "./messages.js";

export class Composer {
  #box;
  #hints;
  #plus;
  #send;
  #say;
  #run;
  #commands = [];
  #shortcuts = [];
  #bot = null;
  #at = -1;
  #place = "";
  #drafts = new Map();

  // say(text) -> Promise<answer>; run(shortcut), where shortcuts can be run
  constructor({ say, run = null }) {
    this.#say = say;
    this.#run = run;
    this.#hints = el("div", { class: "sl-hints", hidden: true, "aria-label": "Commands" });
    this.#box = el("textarea", {
      rows: 1, "aria-label": "Message", autocomplete: "off",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#plus = el("button", {
      type: "button", class: "sl-plus", title: "Shortcuts", "aria-label": "Shortcuts",
      "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.#openShortcuts(),
    });
    this.#send = el("button", { class: "sl-send", "aria-label": "Send", disabled: true });
    this.node = el("form", {
      class: "sl-composer",
      onsubmit: (event) => {
        event.preventDefault();
        this.#submit();
      },
    }, this.#hints, el("div", { class: "sl-box" },
      run ? this.#plus : null, this.#box, this.#send));
  }

  // What was typed in one place waits there; `place` names whose it is as well.
  aim(place, placeholder, { commands = [], shortcuts = [], bot = null } = {}) {
    if (place !== this.#place) this.#turnTo(place);
    this.#box.placeholder = placeholder;
    this.#box.setAttribute("aria-label", placeholder);
    this.#commands = commands;
    this.#shortcuts = shortcuts;
    this.#bot = bot;
    this.#plus.hidden = shortcuts.length === 0;
  }

  allow(isAllowed) {
    this.#box.disabled = !isAllowed;
    if (!isAllowed) this.#box.placeholder = "This app was removed from the workspace.";
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  #turnTo(place) {
    this.#drafts.set(this.#place, this.#box.value);
    this.#place = place;
    this.#box.value = this.#drafts.get(place) ?? "";
    this.#typed();
    this.#hints.hidden = true;
  }

  #openShortcuts() {
    openMenu(this.#plus, "Shortcuts", [
      { heading: "Shortcuts" },
      ...this.#shortcuts.map((shortcut) => ({
        label: shortcut.name,
        about: `${shortcut.description} · ${this.#bot.name}`,
        mark: avatar(this.#bot, "small"),
        act: () => this.#run(shortcut),
      })),
    ]);
  }

  #typed() {
    const text = this.#box.value;
    this.#send.disabled = !text.trim();
    this.#box.style.height = "auto";
    this.#box.style.height = `${Math.min(this.#box.scrollHeight, 160)}px`;
    this.#at = -1;
    this.#suggest(text);
  }

  // Commands and shortcuts that begin with, or speak of, what follows the slash.
  #suggest(text) {
    const word = text.split(" ")[0];
    const part = text.slice(1).toLowerCase();
    const isSlash = text.startsWith("/");
    const commands = isSlash ? this.#commands.filter((c) => c.name.startsWith(word)) : [];
    const shortcuts = isSlash && this.#run
      ? this.#shortcuts.filter((s) => s.name.toLowerCase().startsWith(part)) : [];
    this.#hints.hidden = commands.length + shortcuts.length === 0;
    this.#hints.replaceChildren(
      ...commands.map((command) => this.#hint(
        [el("b", {}, command.name), " ", el("i", {}, command.usage_hint)],
        command.description, () => this.#complete(command))),
      ...shortcuts.map((shortcut) => this.#hint(
        el("b", {}, shortcut.name), shortcut.description, () => {
          this.#box.value = "";
          this.#typed();
          this.#run(shortcut);
        })));
  }

  #hint(name, about, act) {
    return el("button", { type: "button", tabindex: -1, onclick: act },
      avatar(this.#bot, "small"),
      el("span", {}, name, el("small", {}, about)),
      el("small", {}, this.#bot.name));
  }

  #complete(command) {
    if (!this.#box.value.startsWith(`${command.name} `)) this.#box.value = `${command.name} `;
    this.#typed();
    this.focus();
  }

  #key(event) {
    const all = this.#hints.hidden ? [] : [...this.#hints.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      this.#at = (this.#at + step + all.length + (this.#at < 0 && step < 0 ? 1 : 0)) % all.length;
      all.forEach((hint, place) => hint.classList.toggle("at", place === this.#at));
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (all[this.#at]) all[this.#at].click();
      else this.#submit();
    } else if (event.key === "Tab" && !event.shiftKey && all.length
      && /^\/\w*$/.test(this.#box.value)) {
      event.preventDefault();
      (all[this.#at] ?? all[0]).click();
    } else if (event.key === "Escape" && all.length) {
      event.stopPropagation();
      this.#hints.hidden = true;
    }
  }

  async #submit() {
    const text = this.#box.value;
    if (!text.trim()) return;
    const place = this.#place;
    this.#box.value = "";
    this.#typed();
    this.node.classList.add("sending");
    const answer = await this.#say(text);
    this.node.classList.remove("sending");
    if (answer.ok === false && place !== this.#place) this.#drafts.set(place, text);
    else if (answer.ok === false) {
      this.#box.value = text;
      this.#typed();
      this.#box.setCustomValidity(answer.error);
      this.#box.reportValidity();
      this.#box.addEventListener("input", () => this.#box.setCustomValidity(""), { once: true });
    }
  }
}
