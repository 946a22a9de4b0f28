// The Slack window: people, channels, messages, composer, modals; all of it drawn from one state.

import { el, look, reconcile, send } from "./dom.js";
import { drawBlocks, collect } from "./slack_blocks.js";
import { Composer } from "./slack_composer.js";
import { ModalLayer } from "./slack_modal.js";
import { avatar, drawMessages } from "./slack_messages.js";

const CALL = "/window/slack/";

export async function mount(element, { onEvent }) {
  const view = new SlackView(element);
  onEvent("slack", () => view.refresh());
  await view.refresh();
}

function recall(name, fallback) {
  try {
    return sessionStorage.getItem(`slack-${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(`slack-${name}`, value);
  } catch {
    // A browser without storage forgets at reload, and that is all.
  }
}

class SlackView {
  #state = null;
  #user = recall("person", "");
  #chosen = {};
  #seen = {};
  #tab = "messages";
  #parts = {};
  #turn = 0;
  #drawn = 0;

  constructor(element) {
    this.#build(element);
    this.modals = new ModalLayer(this.#parts.root, {
      submit: (view, values) => this.#call("submit", { view: view.id, values }),
      close: (view, everything) => this.#call("close", { view: view.id, everything }),
      act: (view, ...rest) => this.#pressInView(view, ...rest),
    });
  }

  async refresh() {
    const turn = ++this.#turn;
    const ask = (user) => look(`${CALL}state?user=${encodeURIComponent(user)}`);
    const state = (await ask(this.#user)) ?? (await ask(""));
    if (!state || turn < this.#drawn) return;
    this.#drawn = turn;
    this.#state = state;
    this.#user = state.me;
    this.#draw();
  }

  async #call(act, body) {
    const answer = await send(CALL + act, { user: this.#user, ...body });
    await this.refresh();
    return answer;
  }

  async #pressInView(view, element, block, value, values) {
    const answer = await this.#call("press-in-view", {
      view: view.id, action_id: element.action_id, block_id: block.block_id, value, values,
    });
    return answer.ok ? "" : answer.error;
  }

  async #press(message, element, block, value, values) {
    const answer = await this.#call("press", {
      channel: this.#channel().id, ts: message.ts, action_id: element.action_id,
      block_id: block.block_id, value, values,
    });
    return answer.ok ? "" : answer.error;
  }

  #channel() {
    const { channels, me } = this.#state;
    const wanted = this.#chosen[me] ?? recall(`channel-${me}`, "");
    return channels.find((c) => c.id === wanted) ?? channels.find((c) => c.is_im) ?? channels[0];
  }

  #choose(channel) {
    this.#chosen[this.#user] = channel.id;
    remember(`channel-${this.#user}`, channel.id);
    this.#tab = "messages";
    this.#shutMenu();
    this.#parts.composer.leaveThread();
    this.#draw();
    if (matchMedia("(hover: hover)").matches) this.#parts.composer.focus();
  }

  #context() {
    const { users, channels, me } = this.#state;
    return {
      users,
      channels: Object.fromEntries(channels.map((c) => [c.id, c.name])),
      tz: users[me].tz,
      locale: users[me].locale,
      press: (...rest) => this.#press(...rest),
      reply: (message) => this.#parts.composer.replyTo(message, users[message.user]?.name),
    };
  }

  #shutMenu() {
    this.#parts.root.classList.remove("open");
    this.#parts.menu.setAttribute("aria-expanded", "false");
  }

  // -- building, once

  #build(element) {
    const parts = this.#parts;
    parts.person = el("select", {
      id: "sl-person",
      onchange: (event) => {
        this.#user = event.target.value;
        remember("person", this.#user);
        this.#parts.composer.leaveThread();
        this.refresh();
      },
    });
    parts.menu = el("button", {
      type: "button", class: "sl-menu", "aria-label": "Channels", "aria-expanded": "false",
      onclick: () => {
        const open = parts.root.classList.toggle("open");
        parts.menu.setAttribute("aria-expanded", String(open));
      },
    }, "☰");
    parts.me = el("span", { class: "sl-me" });
    parts.team = el("div", { class: "sl-team" });
    parts.channels = el("ul");
    parts.directs = el("ul");
    parts.title = el("h2");
    parts.topic = el("p");
    parts.tabs = el("div", { class: "sl-tabs", role: "tablist" });
    parts.log = el("div", { class: "sl-log", role: "log", "aria-label": "Messages", tabindex: 0 });
    parts.home = el("div", { class: "sl-home", role: "tabpanel", "aria-label": "Home" });
    parts.composer = new Composer({
      say: (text, thread_ts) =>
        this.#call("say", { channel: this.#channel().id, text, thread_ts }),
    });
    parts.root = el("div", { class: "sl" },
      el("header", { class: "sl-top" }, parts.menu,
        el("span", { class: "sl-brand" }, logo(), "Slack"),
        el("label", { for: "sl-person" }, "You are"), parts.person, parts.me),
      el("nav", {
        class: "sl-side", "aria-label": "Channels",
        onkeydown: (event) => event.key === "Escape" && this.#shutMenu(),
      }, parts.team,
        el("h3", {}, "Channels"), parts.channels,
        el("h3", {}, "Direct messages"), parts.directs),
      el("div", { class: "sl-main", onclick: () => this.#shutMenu() },
        el("header", { class: "sl-channel" }, parts.title, parts.topic),
        parts.tabs, parts.log, parts.home, parts.composer.node));
    element.replaceChildren(parts.root);
  }

  // -- drawing, at every change

  #draw() {
    const state = this.#state;
    const channel = this.#channel();
    this.#drawPeople(state);
    this.#drawSide(state, channel);
    this.#drawMain(state, channel);
    this.modals.show(state.modal, state.modal_depth, this.#context());
  }

  #drawPeople({ people, users, me }) {
    reconcile(this.#parts.person, people, {
      key: (id) => id,
      signature: (id) => users[id].name,
      render: (id) => el("option", { value: id },
        users[id].name + (users[id].is_stranger ? ` (${users[id].team})` : "")),
    });
    this.#parts.person.value = me;
    this.#parts.me.replaceChildren(avatar(users[me], "small"));
  }

  #drawSide({ team, channels, users, bot, me }, current) {
    this.#parts.team.textContent = team.name;
    const unread = (channel) => {
      const key = `${me} ${channel.id}`;
      const latest = channel.messages.at(-1)?.ts ?? "";
      if (channel.id === current.id || this.#seen[key] === undefined) this.#seen[key] = latest;
      return channel.messages
        .filter((m) => m.ts > this.#seen[key] && m.user !== me).length;
    };
    const draw = (list, items) => reconcile(list, items, {
      key: (item) => item.channel.id,
      signature: (item) => JSON.stringify([item.count, item.current, item.channel.name]),
      render: (item) => el("li", {}, this.#entry(item, users[bot])),
    });
    const items = channels.map((channel) =>
      ({ channel, count: unread(channel), current: channel.id === current.id }));
    draw(this.#parts.channels, items.filter((item) => !item.channel.is_im));
    draw(this.#parts.directs, items.filter((item) => item.channel.is_im));
  }

  #entry({ channel, count, current }, bot) {
    return el("button", {
      type: "button",
      class: count ? "unread" : null,
      "aria-current": current ? "page" : null,
      onclick: () => this.#choose(channel),
    },
    channel.is_im
      ? [avatar(bot, "tiny"), el("span", { class: "sl-name" }, bot.name),
        el("span", { class: "sl-app" }, "APP")]
      : [el("span", { class: "sl-hash", "aria-hidden": "true" }, "#"),
        el("span", { class: "sl-name" }, channel.name)],
    count ? el("span", { class: "sl-badge", "aria-label": `${count} unread` }, String(count)) : null);
  }

  #drawMain({ users, bot, home, commands }, channel) {
    const context = this.#context();
    const title = channel.is_im
      ? [avatar(users[bot], "tiny"), users[bot].name, el("span", { class: "sl-app" }, "APP")]
      : [el("span", { class: "sl-hash", "aria-hidden": "true" }, "#"), channel.name];
    this.#parts.title.replaceChildren(...title);
    this.#parts.topic.textContent = channel.is_im ? "" : channel.topic;
    this.#parts.composer.aim(channel.is_im ? users[bot].name : `#${channel.name}`, commands, users[bot]);
    this.#drawTabs(channel.is_im);
    const isHome = channel.is_im && this.#tab === "home";
    this.#parts.home.hidden = !isHome;
    this.#parts.log.hidden = isHome;
    this.#parts.composer.node.hidden = isHome;
    if (isHome) this.#drawHome(home, context);
    else if (channel.messages.length) drawMessages(this.#parts.log, channel, context);
    else this.#drawEmpty(channel, users[bot]);
  }

  #drawTabs(isShown) {
    this.#parts.tabs.hidden = !isShown;
    const tab = (name, label) => el("button", {
      type: "button", role: "tab", "aria-selected": String(this.#tab === name),
      onclick: async () => {
        this.#tab = name;
        this.#draw();
        if (name === "home") await this.#call("home", {});
      },
    }, label);
    if (this.#parts.tabs.dataset.tab === this.#tab && this.#parts.tabs.childElementCount) return;
    this.#parts.tabs.dataset.tab = this.#tab;
    this.#parts.tabs.replaceChildren(tab("home", "Home"), tab("messages", "Messages"));
  }

  #drawHome(home, context) {
    if (!home) {
      this.#parts.home.replaceChildren(el("p", { class: "sl-empty" },
        "This app has nothing on its Home tab yet."));
      this.#parts.home.hash = "";
    } else if (this.#parts.home.hash !== home.hash) {
      this.#parts.home.hash = home.hash;
      this.#parts.home.replaceChildren(...drawBlocks(home.blocks, {
        ...context,
        scope: home.id,
        act: (element, block, value) =>
          this.#pressInView(home, element, block, value, collect(this.#parts.home)),
      }));
    }
  }

  #drawEmpty(channel, bot) {
    delete this.#parts.log.dataset.channel;
    const about = channel.is_im
      ? [avatar(bot, "big"), el("h3", {}, bot.name),
        el("p", {}, "Type ", el("code", { class: "sl-code" }, "/topup"), " to add money to an account, or ",
          el("code", { class: "sl-code" }, "/topup 50 USD card"), " to say it all at once.")]
      : [el("span", { class: "sl-bighash", "aria-hidden": "true" }, "#"), el("h3", {}, channel.name),
        el("p", {}, channel.topic)];
    this.#parts.log.replaceChildren(el("div", { class: "sl-empty", data: { key: "empty" } }, about));
  }
}

function logo() {
  const mark = el("span", { class: "sl-logo", "aria-hidden": "true" });
  mark.append(el("i"), el("i"), el("i"), el("i"));
  return mark;
}
