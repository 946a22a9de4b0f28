// A panel below the windows, a full sheet where it is narrow. One is open at a time.

import { trap } from "./dom.js";

const NARROW = matchMedia("(max-width: 799px)");

let opened = null;

// `onShow` draws it and gives the focus to its first part; answers how to close it.
export function drawer(button, panel, onShow) {
  let release = () => {};

  function show() {
    opened?.();
    opened = hide;
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel.setAttribute("role", NARROW.matches ? "dialog" : "region");
    if (NARROW.matches) release = trap(panel, hide);
    onShow();
  }

  function hide() {
    opened = null;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    release();
    release = () => {};
    button.focus();
  }

  button.addEventListener("click", () => (panel.hidden ? show() : hide()));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) hide();
  });
  return hide;
}
