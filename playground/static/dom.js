// Building the page from data. Nothing here, or in what uses it, ever parses a string as HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

// Make the children of `parent` be these items, touching only those whose signature changed.
export function reconcile(parent, items, { key, signature, render }) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const sign = signature(item);
    let node = old.get(name);
    if (!node || node.signature !== sign) {
      const fresh = render(item, node);
      fresh.dataset.key = name;
      fresh.signature = sign;
      if (node) {
        if (place === node) place = fresh;
        const focused = node.contains(document.activeElement) ? document.activeElement : null;
        node.replaceWith(fresh);
        if (focused) keepFocus(fresh, focused);
      }
      node = fresh;
    }
    old.delete(name);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const gone of old.values()) gone.remove();
}

// Whoever moves by keyboard stays where they were, though what they stood on was drawn anew.
// A button that is still there keeps it: another in its place would be pressed by mistake.
function keepFocus(node, focused) {
  const whole = "[tabindex='-1']:not(button)";
  const all = [node, ...node.querySelectorAll("*")];
  const named = (one) => one.matches("button, a") && one.textContent === focused.textContent
    && one.getAttribute("aria-label") === focused.getAttribute("aria-label");
  const next = (focused.matches(whole) ? null : all.find(named)
    ?? all.find((one) => one.matches("button:not([tabindex='-1']), a[href], option")))
    ?? all.find((one) => one.matches(whole));
  if (next) next.focus({ preventScroll: true });
  else {
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }
}

export async function send(path, body) {
  try {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await reply.json();
  } catch {
    return { ok: false, error: "The playground does not answer." };
  }
}

export async function look(path) {
  try {
    const reply = await fetch(path, { cache: "no-store" });
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}

// One run at a time; whoever asks meanwhile gets the one after it. Answers cannot overtake so.
export function inTurn(run) {
  let running = null;
  let again = false;
  const runAll = async () => {
    try {
      while (again) {
        again = false;
        await run();
      }
    } finally {
      running = null;
    }
  };
  return () => {
    again = true;
    running ??= runAll();
    return running;
  };
}

// While a window still shows one person and another is chosen, nothing below its head can be
// used: what is pressed there would be the one's and done by the other.
export function hold(root, isHeld) {
  const focused = document.activeElement;
  if (isHeld && root.contains(focused)) root.before = focused;
  root.setAttribute("aria-busy", String(isHeld));
  for (const node of [...root.children].slice(1)) node.inert = isHeld;
  if (isHeld || document.activeElement !== document.body) return;
  if (root.before?.isConnected) root.before.focus({ preventScroll: true });
}

const AT_END_PIXELS = 80;

// Whoever reads the end of a list goes on reading it when its room changes or a picture comes.
export function keepEnd(scroller) {
  let atEnd = true;
  let room = "";
  const roomNow = () => `${scroller.clientWidth} ${scroller.clientHeight}`;
  const stay = () => { if (atEnd) scroller.scrollTop = scroller.scrollHeight; };
  scroller.addEventListener("scroll", () => {
    const { scrollHeight, scrollTop, clientHeight } = scroller;
    // Hidden, it has no height, and where it stands means nothing; nor does it in new room, where
    // the browser scrolls and not a person.
    if (clientHeight && room === roomNow()) atEnd = scrollHeight - scrollTop - clientHeight < AT_END_PIXELS;
  });
  scroller.addEventListener("load", stay, true);
  new ResizeObserver(() => {
    stay();
    room = roomNow();
  }).observe(scroller);
}

// A dialog keeps the keyboard within itself, and gives the focus back when it goes.
export function trap(dialog, onEscape) {
  const before = document.activeElement;
  const inside = () => [
    ...dialog.querySelectorAll("button, a[href], input, select, textarea, summary"),
  ].filter((node) => !node.disabled && node.offsetParent !== null);
  const onKey = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onEscape();
    } else if (event.key === "Tab") {
      const all = inside();
      const edge = event.shiftKey ? all[0] : all.at(-1);
      if (document.activeElement === edge || !dialog.contains(document.activeElement)) {
        event.preventDefault();
        (event.shiftKey ? all.at(-1) : all[0])?.focus();
      }
    }
  };
  dialog.addEventListener("keydown", onKey);
  return () => {
    dialog.removeEventListener("keydown", onKey);
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
}
