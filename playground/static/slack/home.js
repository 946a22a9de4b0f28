// The bot's direct message as Slack shows an app: a Home tab beside the messages.

import { el } from "../dom.js";
import { collect, drawBlocks, refill } from "./blocks.js";
import { avatar } from "./messages.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

export class Tabs {
  #choose;
  #buttons;

  // choose(name)
  constructor(choose) {
    this.#choose = choose;
    this.#buttons = TABS.map(([name, label]) => el("button", {
      type: "button", role: "tab", id: `sl-tab-${name}`, "aria-controls": `sl-${name}`,
      data: { tab: name }, onclick: () => choose(name),
    }, label));
    this.node = el("div", {
      class: "sl-tabs", role: "tablist", onkeydown: (event) => this.#key(event),
    }, this.#buttons);
  }

  draw(isShown, chosen) {
    this.node.hidden = !isShown;
    for (const button of this.#buttons) {
      const isChosen = button.dataset.tab === chosen;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.#buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    const next = this.#buttons[(at + step + this.#buttons.length) % this.#buttons.length];
    this.#choose(next.dataset.tab);
    next.focus();
  }
}

export class Home {
  #hash = "";
  #press;

  // press(view, element, block, value, values) -> Promise<string>
  constructor(press) {
    this.#press = press;
    this.node = el("div", {
      class: "sl-home", id: "sl-home", role: "tabpanel", "aria-labelledby": "sl-tab-home",
    });
  }

  draw(home, bot, context) {
    const hash = home ? `${home.id} ${home.hash}` : "none";
    if (this.#hash === hash) return;
    const same = home && this.#hash.startsWith(`${home.id} `);
    const kept = same ? collect(this.node) : {};
    const focused = same && this.node.contains(document.activeElement)
      ? document.activeElement.dataset.element : "";
    this.#hash = hash;
    this.node.replaceChildren(...(home ? this.#blocks(home, context) : [nothingYet(bot)]));
    refill(this.node, kept);
    if (focused) {
      this.node.querySelector(`[data-element="${CSS.escape(focused)}"]`)
        ?.focus({ preventScroll: true });
    }
  }

  #blocks(home, context) {
    return drawBlocks(home.blocks, {
      ...context,
      scope: home.id,
      act: (element, block, value) =>
        this.#press(home, element, block, value, collect(this.node)),
    });
  }
}

function nothingYet(bot) {
  return el("div", { class: "sl-empty" }, avatar(bot, "big"), el("h3", {}, bot.name),
    el("p", {}, "This app has nothing on its Home tab yet."));
}

// A channel or direct message in which nothing was said yet.
export function drawEmpty(log, channel, bot) {
  delete log.dataset.channel;
  const code = (text) => el("code", { class: "sl-code" }, text);
  const about = channel.is_im
    ? [avatar(bot, "big"), el("h3", {}, bot.name),
      el("p", {}, "Type ", code("/topup"), " to add money to an account, or ",
        code("/topup 50 USD card"), " to say it all at once.")]
    : [el("span", { class: "sl-bighash", "aria-hidden": "true" }, "#"),
      el("h3", {}, channel.name), el("p", {}, channel.topic)];
  log.replaceChildren(el("div", { class: "sl-empty", data: { key: "empty" } }, about));
}
