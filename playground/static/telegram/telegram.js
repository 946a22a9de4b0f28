// The Telegram window: one person's app, drawn from /window/telegram/state after each change.

import { el, hold, inTurn, keepEnd, look, reconcile, send } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { moveAmong } from "../message_keys.js";
import { composer } from "./composer.js";
import { alertBox, groupForm } from "./dialogs.js";
import { avatar, head } from "./head.js";
import { icon } from "./icons.js";
import { rowNode, rows, welcome, withTopic } from "./message.js";

const TOAST_MILLISECONDS = 3500;
const WAIT_MILLISECONDS = 1500;
const NEAR_PIXELS = 80;
const REMEMBERED = "topup-bot playground telegram person";

export async function mount(element, { onEvent }) {
  const app = new TelegramApp(element);
  onEvent("telegram", () => app.refresh());
  await app.refresh();
}

class TelegramApp {
  constructor(element) {
    this.element = element;
    this.person = remembered();
    this.state = null;
    this.chosen = {};       // person -> chat
    this.topicOf = {};      // chat -> topic
    this.payload = null;    // a deep link waits for START
    this.shown = new Set(); // notices
    this.refresh = inTurn(() => this.load());
    this.listOpen = false;
    const act = {
      say: (text, replyTo) => this.post("say", { chat: this.chat.id, text, reply_to: replyTo,
        thread: this.topic() }),
      start: (payload) => this.start(payload),
      unblock: () => this.post("start", {}),
    };
    this.composer = composer(act);
    this.act = {
      username: "",
      command: (text) => act.say(text, 0),
      start: (payload) => this.arm(payload),
      copy: (text) => this.copy(text),
      toast: (text) => this.toast(text),
      press: (message, row, column) => this.press(message, row, column),
      reply: (message) => this.composer.reply(message),
    };
    this.build();
  }

  get chat() {
    const chats = this.state.chats;
    return chats.find((one) => one.id === this.chosen[this.person])
      ?? chats.find((one) => one.kind === "private");
  }

  topic() {
    return this.topicOf[this.chat.id] ?? null;
  }

  build() {
    this.people = el("select", { "aria-label": "Person who uses Telegram",
      onchange: () => this.switchTo(Number(this.people.value)) });
    this.chats = el("ul", { class: "tg-chats" });
    this.side = el("nav", { class: "tg-side", "aria-label": "Telegram chats" }, this.chats);
    this.head = el("header", { class: "tg-head" });
    this.topics = el("div", { class: "tg-topics", role: "group", "aria-label": "Topics" });
    this.list = el("ol", { class: "tg-list", role: "log", "aria-label": "Messages",
      tabindex: "0" });
    moveAmong(this.list, ".tg-row", ".tg-reply");
    this.down = el("button", { type: "button", class: "tg-down", hidden: true,
      "aria-label": "To the newest message", onclick: () => this.scrollDown(true) }, icon("down"));
    this.scroller = el("div", { class: "tg-scroll", tabindex: "-1",
      onscroll: () => { this.down.hidden = this.near(); } }, this.list);
    keepEnd(this.scroller);
    this.toasts = el("div", { class: "tg-toasts", role: "status" });
    const view = el("div", { class: "tg-view" }, this.scroller, this.down, this.toasts);
    const main = el("div", { class: "tg-main" }, this.head, this.topics, view, this.composer.node);
    this.body = el("div", { class: "tg-body" }, this.side, main);
    const top = el("div", { class: "tg-top" }, el("span", { class: "tg-brand" }, icon("send"),
      "Telegram"), el("label", {}, el("span", {}, "You are"), this.people));
    this.root = el("div", { class: "tg" }, top, this.body);
  }

  async load() {
    const asked = this.person;
    const state = await look(`/window/telegram/state${asked ? `?user=${asked}` : ""}`)
      ?? await look("/window/telegram/state");
    // Somebody else was chosen meanwhile, and theirs is asked for next.
    if (!state || asked !== this.person) return;
    // Nobody can act before there is something to act on.
    if (!this.state) this.element.replaceChildren(this.root);
    this.show(state);
    hold(this.root, false);
  }

  show(state) {
    const near = !this.state || this.near();
    this.state = state;
    this.person = state.person.id;
    this.act.username = state.bot.username.toLowerCase();
    reconcile(this.people, state.people, { key: (one) => String(one.id),
      signature: (one) => one.name, render: (one) => el("option", { value: one.id }, one.name) });
    this.people.value = String(this.person);
    const { chat } = this;
    const changed = this.drawn !== `${this.person} ${chat.id}`;
    this.drawn = `${this.person} ${chat.id}`;
    this.showChats();
    this.showHead(chat);
    this.showTopics(chat);
    const newest = chat.messages.at(-1);
    const mine = newest?.mine && newest.id !== this.newest;
    this.newest = newest?.id;
    this.showMessages(chat);
    this.composer.update(state, chat, chat.kind === "private" ? this.payload : null);
    if (near || changed || mine) this.scrollDown(false);
    this.down.hidden = this.near();
    state.notices.forEach((notice) => this.notice(notice));
    this.lookLater(chat);
  }

  // A tap that nobody answers, and "typing", end by time and not by an event.
  lookLater(chat) {
    clearTimeout(this.later);
    if (chat.typing || chat.messages.some((one) => one.waiting)) {
      this.later = setTimeout(() => this.refresh(), WAIT_MILLISECONDS);
    }
  }

  showChats() {
    const { chats } = this.state;
    this.body.classList.toggle("tg-several", chats.length > 1);
    this.body.classList.toggle("tg-list-open", this.listOpen && chats.length > 1);
    const chosen = this.chat.id;
    reconcile(this.chats, chats, {
      key: (one) => String(one.id),
      signature: (one) => JSON.stringify([one.title, one.preview, one.last_at, one.id === chosen]),
      render: (one) => el("li", {}, el("button", { type: "button",
        class: `tg-chat${one.id === chosen ? " tg-chosen" : ""}`,
        "aria-current": one.id === chosen ? "true" : null, onclick: () => this.choose(one.id) },
      avatar(one), el("span", {}, el("b", {}, one.title), el("small", {}, withEmoji(one.preview || " "))))),
    });
  }

  showHead(chat) {
    const key = JSON.stringify([chat.id, chat.title, chat.typing, chat.members, this.state.blocked,
      this.state.chats.length]);
    if (this.head.key === key) return;
    this.head.key = key;
    const showList = () => { this.listOpen = true; this.showChats(); };
    this.head.replaceChildren(...head(this.state, chat, showList, [
      ...(chat.kind !== "private" ? [] : this.state.blocked
        ? [["Unblock bot", () => this.post("unblock", {})]]
        : [["Block bot", () => this.post("block", {})]]),
      ["New group with this bot", () => groupForm(this.root, (body) => this.newGroup(body))],
    ]));
  }

  showTopics(chat) {
    const all = chat.topics.length ? [{ id: null, title: "All" }, ...chat.topics] : [];
    this.topics.hidden = all.length === 0;
    reconcile(this.topics, all, {
      key: (one) => String(one.id),
      signature: (one) => `${one.title} ${one.id === this.topic()}`,
      render: (one) => el("button", { type: "button",
        "aria-pressed": String(one.id === this.topic()),
        onclick: () => { this.topicOf[chat.id] = one.id; this.show(this.state); } }, one.title),
    });
  }

  async newGroup(body) {
    const { person } = this;
    const { result } = await this.post("group", body);
    if (!result) return;
    this.chosen[person] = result;
    this.refresh();
  }

  showMessages(chat) {
    const language = this.state.person.language_code;
    const topics = Object.fromEntries(chat.topics.map((one) => [one.id, one.title]));
    const topic = this.topic();
    const messages = chat.messages.filter((one) => topic === null || one.thread === topic);
    const shown = messages.length ? rows(messages, language) : [{ kind: "empty", key: "empty" }];
    reconcile(this.list, shown, {
      key: (row) => `${this.drawn} ${row.key}`,
      signature: (row) => JSON.stringify(row),
      render: (row) => (row.kind === "empty" ? welcome(this.state.bot, chat)
        : withTopic(rowNode(row, chat, language, this.act),
          topic === null && topics[row.message?.thread])),
    });
  }

  near() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
  }

  scrollDown(smooth) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight,
      behavior: smooth ? "smooth" : "instant" });
  }

  switchTo(person) {
    this.person = person;
    this.payload = null;
    this.listOpen = false;
    try { sessionStorage.setItem(REMEMBERED, String(person)); } catch { /* private mode */ }
    hold(this.root, true);
    this.refresh();
  }

  choose(chat, payload = null) {
    this.payload = payload;
    this.chosen[this.person] = chat;
    this.listOpen = false;
    this.show(this.state);
  }

  arm(payload) {
    this.choose(this.person, payload);
  }

  async start(payload) {
    this.payload = null;
    await this.post("start", { payload });
    await this.refresh();
    this.composer.focus();
  }

  async press(message, row, column) {
    const { data } = message.buttons[row][column];
    const { result } = await this.post("press", { chat: this.chat.id, message: message.id, row,
      column, data });
    if (result?.copy !== undefined) this.copy(result.copy);
    if (result?.start !== undefined) this.arm(result.start);
  }

  async post(act, body) {
    const answer = await send(`/window/telegram/${act}`, { user: this.person, ...body });
    if (answer.error) this.toast(answer.error);
    this.refresh();
    return answer;
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast("Copied to clipboard.");
    } catch {
      this.toast(`Copy this: ${text}`);
    }
  }

  notice(notice) {
    if (this.shown.has(notice.id)) return;
    this.shown.add(notice.id);
    const done = () => this.post("dismiss", { notice: notice.id });
    if (notice.alert) alertBox(this.root, this.state.bot.name, notice.text, done);
    else this.toast(notice.text);
  }

  toast(text) {
    const node = el("div", { class: "tg-toast", dir: "auto" }, withEmoji(text));
    this.toasts.replaceChildren(node);
    setTimeout(() => node.remove(), TOAST_MILLISECONDS);
  }
}

function remembered() {
  try {
    return Number(sessionStorage.getItem(REMEMBERED)) || null;
  } catch {
    return null;
  }
}
