// A menu that opens at a button: arrows move, Enter runs, Escape or a click elsewhere closes.

import { el } from "../dom.js";

let open = null;

// items: {label, about?, mark?: node, act()} to run, {heading}, or {rule: true} for a line
export function openMenu(anchor, label, items) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const host = anchor.closest(".sl");
  const menu = el("div", { class: "sl-menu-box", role: "menu", "aria-label": label },
    items.map(drawItem));
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("pointermove", (event) =>
    event.target.closest("[role=menuitem]")?.focus({ preventScroll: true }));
  host.append(menu);
  place(menu, anchor, host);
  anchor.setAttribute("aria-expanded", "true");
  open = { anchor, menu };
  document.addEventListener("pointerdown", onPointer, true);
  entries()[0]?.focus();
}

export function closeMenu({ refocus = false } = {}) {
  if (!open) return;
  const { anchor, menu } = open;
  open = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  document.removeEventListener("pointerdown", onPointer, true);
  if (refocus && anchor.isConnected) anchor.focus({ preventScroll: true });
}

function drawItem(item) {
  if (item.rule) return el("hr");
  if (item.heading) return el("p", { role: "presentation" }, item.heading);
  const inner = [
    item.mark ?? null,
    el("span", {}, item.label, item.about ? el("small", {}, item.about) : null),
    item.note ? el("small", { class: "sl-menu-note" }, item.note) : null,
  ];
  const run = () => {
    closeMenu({ refocus: true });
    item.act?.();
  };
  return item.href
    ? el("a", {
      role: "menuitem", href: item.href, target: "_blank", rel: "noopener", onclick: run,
    }, inner)
    : el("button", { type: "button", role: "menuitem", onclick: run }, inner);
}

const entries = () => [...open.menu.querySelectorAll("[role=menuitem]")];

function onKey(event) {
  const all = entries();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu({ refocus: true });
  }
}

function onPointer(event) {
  if (!open.menu.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
}

// Below the button where there is room, else above it; never outside the window.
function place(menu, anchor, host) {
  const frame = host.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom - frame.top + 4;
  const above = at.top - frame.top - height - 4;
  const top = below + height <= frame.height - 8 || above < 8 ? below : above;
  const left = Math.min(at.left - frame.left, frame.width - width - 8);
  menu.style.top = `${Math.max(8, Math.min(top, frame.height - height - 8))}px`;
  menu.style.left = `${Math.max(8, left)}px`;
}
