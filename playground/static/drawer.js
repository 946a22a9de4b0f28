// A panel beside the windows; on a phone a page of its own, which Back leaves as well. One is open
// at a time.

import { trap } from "./dom.js";

const NARROW = matchMedia("(max-width: 799px)");

let opened = null;

// `onShow` draws it and gives the focus to its first part; answers how to close it.
export function drawer(button, panel, onShow) {
  let release = () => {};
  const isHere = () => history.state?.drawer === panel.id;

  function show() {
    opened?.();
    opened = hide;
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel.setAttribute("role", NARROW.matches ? "dialog" : "region");
    if (NARROW.matches) {
      release = trap(panel, hide);
      if (!isHere()) history.pushState({ drawer: panel.id }, "");
    }
    onShow();
  }

  function hide() {
    close();
    if (isHere()) history.back();
  }

  function close() {
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
  addEventListener("popstate", () => {
    if (isHere() && panel.hidden && NARROW.matches) show();
    else if (!isHere() && !panel.hidden) close();
  });
  // What keeps the keyboard within a page would keep it within a panel too.
  NARROW.addEventListener("change", () => { if (!panel.hidden) hide(); });
  return hide;
}
