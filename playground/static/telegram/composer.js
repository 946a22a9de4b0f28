// Where a person writes: the command menu, the reply bar, the text field, the reply keyboard.

import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { icon } from "./icons.js";

const MAX_TEXT = 4096;
const MAX_HEIGHT = 160;

// `act` has say(text, replyTo), start(payload), unblock(). update(state, chat) shows a chat.
export function composer(act) {
  const root = el("div", { class: "tg-foot" });
  const parts = build();
  let chat = null;
  let chosen = null;      // the message a person chose to reply to
  let refused = null;     // the forced question a person closed
  let marked = -1;        // the command under the arrow keys
  let place = "";         // whose chat this is, and which
  let stands = "";        // what stands instead of the text field
  const drafts = new Map();

  const forced = () => (chat?.force_reply && chat.force_reply.id !== refused
    ? chat.force_reply : null);
  const target = () => chosen ?? forced();

  // What was typed in a chat waits there until its person comes back.
  function turnTo(next) {
    if (next === place) return;
    drafts.set(place, parts.field.value);
    place = next;
    parts.field.value = drafts.get(place) ?? "";
    chosen = null;
    showCommands([]);
  }

  // A button that is pressed and one that has the keyboard must not be drawn anew.
  function replace(state, payload) {
    const { kind, started, bot_present: present } = chat;
    const next = JSON.stringify([place, kind, started, present, state.blocked, payload]);
    if (next === stands) return;
    stands = next;
    const only = onlyButton(state, chat, payload, act);
    if (only) root.replaceChildren(only);
    else if (parts.write.parentNode !== root) {
      root.replaceChildren(parts.list, parts.write, parts.keys);
    }
  }

  function submit() {
    const text = parts.field.value.trim();
    if (!text) return;
    const reply = target();
    parts.field.value = "";
    chosen = null;
    showCommands([]);
    act.say(text, reply ? reply.id : 0);
    show();
  }

  function closeReply() {
    if (!chosen) refused = forced()?.id ?? null;
    chosen = null;
    show();
    parts.field.focus();
  }

  function matching() {
    const typed = parts.field.value;
    if (!chat || !/^\/\w*$/.test(typed)) return [];
    return chat.commands.filter((one) => `/${one.command}`.startsWith(typed.toLowerCase()));
  }

  function showCommands(list) {
    marked = Math.min(marked, list.length - 1);
    parts.list.hidden = list.length === 0;
    parts.menu.setAttribute("aria-expanded", String(list.length > 0));
    parts.list.replaceChildren(...list.map((one, place) => el("button", {
      type: "button", class: `tg-command${place === marked ? " tg-marked" : ""}`,
      onclick: () => run(one),
    }, el("b", {}, `/${one.command}`), el("span", {}, withEmoji(one.description)))));
    parts.list.children[marked]?.scrollIntoView({ block: "nearest" });
  }

  function run(command) {
    parts.field.value = "";
    showCommands([]);
    act.say(`/${command.command}`, 0);
    parts.field.focus();
  }

  function grow() {
    parts.field.style.height = "auto";
    parts.field.style.height = `${Math.min(parts.field.scrollHeight, MAX_HEIGHT)}px`;
    parts.send.disabled = !parts.field.value.trim();
  }

  function onKey(event) {
    const list = matching();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.length && step) {
      event.preventDefault();
      marked = (marked + step + list.length + (marked < 0 && step < 0 ? 1 : 0)) % list.length;
      showCommands(list);
    } else if (list.length && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      parts.field.value = `/${list[Math.max(marked, 0)].command} `;
      showCommands([]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (list.length && marked >= 0) run(list[marked]);
      else submit();
    } else if (event.key === "Escape" && !parts.list.hidden) {
      showCommands([]);
    } else if (event.key === "Escape" && target()) {
      closeReply();
    }
  }

  function show() {
    const reply = target();
    parts.bar.hidden = !reply;
    parts.barTitle.textContent = reply?.sender ? `Reply to ${reply.sender}` : "Reply";
    parts.barText.replaceChildren(...withEmoji(reply?.text ?? ""));
    parts.field.placeholder = forced()?.placeholder || chat?.keyboard?.placeholder || "Message";
    const menu = Boolean(chat?.commands.length) && !parts.field.value;
    parts.menu.hidden = !menu;
    showKeyboard();
    grow();
  }

  function showKeyboard() {
    const rows = chat?.keyboard?.rows ?? [];
    parts.keys.hidden = rows.length === 0;
    parts.keys.replaceChildren(...rows.map((row) => el("div", { class: "tg-buttons" },
      row.map((label) => el("button", { type: "button", class: "tg-key",
        onclick: () => act.say(label, 0) }, withEmoji(label))))));
  }

  parts.field.addEventListener("input", () => { marked = -1; showCommands(matching()); show(); });
  parts.field.addEventListener("keydown", onKey);
  parts.send.addEventListener("click", () => { submit(); parts.field.focus(); });
  parts.closeBar.addEventListener("click", closeReply);
  parts.menu.addEventListener("click", () => {
    showCommands(parts.list.hidden ? chat.commands : []);
    parts.list.firstElementChild?.focus();
  });
  root.addEventListener("focusout", (event) => {
    if (!root.contains(event.relatedTarget)) showCommands([]);
  });
  parts.list.addEventListener("keydown", (event) => moveInList(event, parts, showCommands));

  return {
    node: root,
    focus: () => parts.field.focus({ preventScroll: true }),
    reply(message) {
      chosen = { id: message.id, sender: message.sender, text: message.text };
      show();
      parts.field.focus();
    },
    update(state, current, payload) {
      const asked = place === `${state.person.id} ${current.id}` ? chat.force_reply?.id : null;
      turnTo(`${state.person.id} ${current.id}`);
      chat = current;
      replace(state, payload);
      show();
      // A question that was just asked opens the keyboard, for whoever is in this window.
      const isNew = asked !== null && forced() && forced().id !== asked;
      const focused = document.activeElement;
      if (isNew && (focused === document.body || root.closest(".tg")?.contains(focused))) {
        parts.field.focus({ preventScroll: true });
      }
    },
  };
}

// Instead of a text field: START before the first word, RESTART after a block.
function onlyButton(state, chat, payload, act) {
  const wide = (label, press) => el("button", { type: "button", class: "tg-only", onclick: press },
    label);
  if (chat.kind !== "private") {
    return chat.bot_present ? null : el("p", { class: "tg-only tg-note" }, "The bot was removed");
  }
  if (state.blocked) return wide("Restart bot", () => act.unblock());
  if (payload !== null) return wide("Start", () => act.start(payload));
  return chat.started ? null : wide("Start", () => act.start(""));
}

function moveInList(event, parts, showCommands) {
  const all = [...parts.list.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  } else if (event.key === "Escape") {
    showCommands([]);
    parts.field.focus();
  }
}

function build() {
  const barTitle = el("b");
  const barText = el("span");
  const closeBar = el("button", { type: "button", class: "tg-round",
    "aria-label": "Cancel reply" }, icon("close"));
  const bar = el("div", { class: "tg-bar", hidden: true }, icon("reply"),
    el("div", {}, barTitle, barText), closeBar);
  const field = el("textarea", { rows: "1", maxlength: String(MAX_TEXT), "aria-label": "Message",
    placeholder: "Message", enterkeyhint: "send" });
  const menu = el("button", { type: "button", class: "tg-menu", "aria-haspopup": "true",
    "aria-controls": "tg-commands" }, icon("menu"), "Menu");
  const send = el("button", { type: "button", class: "tg-send", "aria-label": "Send" },
    icon("send"));
  const line = el("div", { class: "tg-line" }, menu, field);
  const box = el("div", { class: "tg-field" }, bar, line);
  const write = el("div", { class: "tg-write" }, box, send);
  const list = el("div", { class: "tg-commands", id: "tg-commands", hidden: true,
    "aria-label": "Commands" });
  const keys = el("div", { class: "tg-keys", hidden: true, role: "group",
    "aria-label": "Quick answers" });
  return { bar, barTitle, barText, closeBar, field, menu, send, write, list, keys };
}
