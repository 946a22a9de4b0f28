// The Slack window: people, channels, messages, composer, modals; all of it drawn from one state.

import { el, hold, inTurn, keepEnd, look, reconcile, send } from "../dom.js";
import { moveAmong } from "../message_keys.js";
import { Composer } from "./composer.js";
import { drawEmpty, Home, Tabs } from "./home.js";
import { openMenu } from "./menu.js";
import { avatar, drawMessages } from "./messages.js";
import { ModalLayer } from "./modal.js";
import { Side } from "./side.js";
import { plain } from "./text.js";
import { ThreadPane } from "./thread.js";

const CALL = "/window/slack/";
const FLASH_MILLISECONDS = 6000;

export async function mount(element, { onEvent }) {
  const view = new SlackView(element);
  onEvent("slack", () => view.refresh());
  await view.refresh();
}

function recall(name, fallback) {
  try { return sessionStorage.getItem(`slack-${name}`) ?? fallback; } catch { return fallback; }
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
  #tab = "messages";
  #parts = {};
  #element;

  refresh = inTurn(() => this.#load());

  constructor(element) {
    this.#element = element;
    this.#build();
    this.modals = new ModalLayer(this.#parts.root, {
      submit: (view, values) => this.#call("submit", { view: view.id, values }),
      close: (view, everything) => this.#call("close", { view: view.id, everything }),
      act: (view, ...rest) => this.#pressInView(view, ...rest),
    });
  }

  async #load() {
    const asked = this.#user;
    const ask = (user) => look(`${CALL}state?user=${encodeURIComponent(user)}`);
    const state = (await ask(asked)) ?? (await ask(""));
    // Somebody else was chosen meanwhile, and theirs is asked for next.
    if (!state || asked !== this.#user) return;
    // Nobody can act before there is something to act on.
    if (!this.#state) this.#element.replaceChildren(this.#parts.root);
    this.#state = state;
    this.#user = state.me;
    remember(`in-${state.team.id}`, state.me);
    this.#draw();
    hold(this.#parts.root, false);
  }

  // -- acts

  async #call(act, body) {
    const answer = await send(CALL + act, { user: this.#state.me, ...body });
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

  async #run(shortcut, on = {}) {
    const answer = await this.#call("shortcut", { callback_id: shortcut.callback_id, ...on });
    if (!answer.ok) this.#flash(`${shortcut.name} did not work (${answer.error}).`);
  }

  #openMore(message, anchor) {
    const { shortcuts, users, bot } = this.#state;
    const ours = shortcuts.filter((one) => one.kind === "message").map((shortcut) => ({
      label: shortcut.name,
      about: users[bot].name,
      mark: avatar(users[bot], "small"),
      act: () => this.#run(shortcut, { channel: this.#channel().id, ts: message.ts }),
    }));
    openMenu(anchor, "More actions", [
      { label: "Reply in thread", act: () => this.#openThread(message) },
      { label: "Copy text", act: () => navigator.clipboard?.writeText(message.text) },
      ...(ours.length ? [{ rule: true }, { heading: "More message shortcuts" }, ...ours] : []),
    ]);
  }

  #openThread(message) {
    this.#parts.thread.open(message);
    this.#draw();
    this.#parts.thread.focus();
  }

  #choose(channel) {
    const { me } = this.#state;
    this.#chosen[me] = channel.id;
    remember(`channel-${me}`, channel.id);
    this.#tab = "messages";
    this.#shutSide();
    this.#parts.thread.close();
    this.#draw();
    if (channel.is_im && channel.is_served) this.#call("home", { tab: "messages" });
    if (matchMedia("(hover: hover)").matches) this.#parts.composer.focus();
  }

  #chooseTab(name) {
    this.#tab = name;
    this.#parts.thread.close();
    this.#draw();
    this.#call("home", { tab: name });
  }

  #become(user) {
    this.#user = user;
    remember("person", user);
    this.#tab = "messages";
    this.#parts.thread.close();
    this.#shutSide();
    hold(this.#parts.root, true);
    this.refresh();
  }

  #shutSide() {
    this.#parts.root.classList.remove("open");
    this.#parts.menu.setAttribute("aria-expanded", "false");
  }

  #flash(text) {
    this.#parts.flash.textContent = text;
    clearTimeout(this.#parts.flash.timer);
    this.#parts.flash.timer = setTimeout(() => {
      this.#parts.flash.textContent = "";
    }, FLASH_MILLISECONDS);
  }

  #channel() {
    const { channels, me } = this.#state;
    const wanted = this.#chosen[me] ?? recall(`channel-${me}`, "");
    return channels.find((c) => c.id === wanted) ?? channels.find((c) => c.is_im) ?? channels[0];
  }

  #context() {
    const { users, channels, me } = this.#state;
    return {
      users,
      me,
      channels: Object.fromEntries(channels.map((c) => [c.id, c.name])),
      tz: users[me].tz,
      locale: users[me].locale,
      press: (...rest) => this.#press(...rest),
      thread: (message) => this.#openThread(message),
      more: (message, anchor) => this.#openMore(message, anchor),
    };
  }

  // -- building, once

  #build() {
    const parts = this.#parts;
    const say = (text, thread_ts = "") =>
      this.#call("say", { channel: this.#channel().id, text, thread_ts });
    parts.person = el("select", {
      id: "sl-person", onchange: (event) => this.#become(event.target.value),
    });
    const toggleSide = () =>
      parts.menu.setAttribute("aria-expanded", String(parts.root.classList.toggle("open")));
    parts.menu = el("button", {
      type: "button", class: "sl-menu", "aria-label": "Channels", "aria-expanded": "false",
      onclick: toggleSide,
    }, plain("☰"));
    parts.me = el("span", { class: "sl-me" });
    parts.side = new Side({
      choose: (channel) => this.#choose(channel),
      goTo: (one) => this.#become(recall(`in-${one.id}`, one.people[0])),
      remove: (one) => this.#call("remove-app", { team: one.id }),
      restore: () => this.#call("restore-app", {}),
      shut: () => this.#shutSide(),
    });
    parts.title = el("h2");
    parts.shared = el("p", { class: "sl-shared-with" });
    parts.topic = el("p");
    parts.tabs = new Tabs((name) => this.#chooseTab(name));
    parts.log = el("div", {
      class: "sl-log", id: "sl-messages", role: "log", "aria-label": "Messages", tabindex: 0,
    });
    keepEnd(parts.log);
    moveAmong(parts.log, ".sl-message", ".sl-tool");
    parts.home = new Home((...rest) => this.#pressInView(...rest));
    parts.flash = el("p", { class: "sl-flash", role: "status" });
    parts.composer = new Composer({ say, run: (shortcut) => this.#run(shortcut) });
    parts.thread = new ThreadPane({ say, closed: () => this.#draw() });
    parts.root = el("div", { class: "sl" },
      el("header", { class: "sl-top" }, parts.menu,
        el("span", { class: "sl-brand" }, logo(), "Slack"),
        el("label", { for: "sl-person" }, "You are"), parts.person, parts.me),
      parts.side.node,
      el("div", { class: "sl-main", onclick: () => this.#shutSide() },
        el("header", { class: "sl-channel" }, parts.title, parts.shared, parts.topic),
        parts.tabs.node, parts.log, parts.home.node, parts.flash, parts.composer.node),
      parts.thread.node);
  }

  // -- drawing, at every change

  #draw() {
    const state = this.#state;
    const channel = this.#channel();
    const bot = this.#app();
    const context = this.#context();
    this.#drawPeople(state);
    this.#parts.side.draw(state, channel);
    this.#drawHead(state, channel);
    this.#drawMain(state, channel, bot, context);
    const hasThread = Boolean(this.#parts.thread.ts);
    this.#parts.root.classList.toggle("threaded", hasThread);
    if (hasThread) this.#parts.thread.draw(channel, nameOf(channel, state.users), context);
    this.modals.show(state.modal, state.modal_depth, context);
  }

  // The app's bot, or what it would look like where it is not installed.
  #app() {
    const { users, bot } = this.#state;
    return users[bot] ?? Object.values(users).find((user) => user.is_app);
  }

  #drawPeople({ people, users, me }) {
    const note = ({ is_stranger: stranger, is_guest: guest, team }) =>
      stranger ? ` (${team})` : guest ? " (guest)" : "";
    reconcile(this.#parts.person, people, {
      key: (id) => id,
      signature: (id) => users[id].name,
      render: (id) => el("option", { value: id }, users[id].name + note(users[id])),
    });
    this.#parts.person.value = me;
    this.#parts.me.replaceChildren(avatar(users[me], "small"));
  }

  #drawHead({ users }, channel) {
    const other = users[channel.with];
    const title = channel.is_im
      ? [avatar(other, "tiny"), other.name, el("span", { class: "sl-app" }, "APP")]
      : [el("span", { class: "sl-hash", "aria-hidden": "true" }, "#"), channel.name];
    this.#parts.title.replaceChildren(...title);
    this.#parts.shared.textContent = channel.is_ext_shared
      ? `Shared with ${channel.shared_with.join(", ")}` : "";
    this.#parts.topic.textContent = channel.is_im ? "" : channel.topic;
  }

  #drawMain({ me, users, home, commands, shortcuts }, channel, bot, context) {
    const { composer, log } = this.#parts;
    const globals = shortcuts.filter((one) => one.kind === "global");
    composer.aim(`${me} ${channel.id}`, `Message ${nameOf(channel, users)}`,
      { commands, shortcuts: globals, bot });
    composer.allow(channel.is_served);
    const hasTabs = channel.is_im && channel.is_served;
    this.#parts.tabs.draw(hasTabs, this.#tab);
    const isHome = hasTabs && this.#tab === "home";
    this.#parts.home.node.hidden = !isHome;
    log.hidden = isHome;
    composer.node.hidden = isHome;
    if (isHome) this.#parts.home.draw(home, bot, context);
    else if (channel.messages.length) drawMessages(log, channel, context);
    else drawEmpty(log, channel, bot);
  }
}

const nameOf = (channel, users) => channel.is_im ? users[channel.with].name : `#${channel.name}`;

function logo() {
  const mark = el("span", { class: "sl-logo", "aria-hidden": "true" });
  mark.append(el("i"), el("i"), el("i"), el("i"));
  return mark;
}
