// Messages are one stop for Tab, however many there are: arrows move among them, and only the one
// that was reached this way offers its tools to Tab. Buttons of a card are stops of their own.

// Each is a selector: `message` of what the arrows reach, `tool` of what it then offers.
export function moveAmong(list, message, tool) {
  let reached = null;

  function offer(next) {
    if (reached === next) return;
    for (const [one, tabIndex] of [[reached, -1], [next, 0]]) {
      one?.querySelectorAll(tool).forEach((node) => { node.tabIndex = tabIndex; });
    }
    reached = next;
  }

  function onKey(event) {
    const all = [...list.querySelectorAll(message)];
    const at = all.indexOf(event.target);
    if (event.target !== list && at < 0) return;
    const newest = all.length - 1;
    const to = {
      ArrowUp: at < 0 ? newest : Math.max(at - 1, 0),
      ArrowDown: at < 0 ? newest : Math.min(at + 1, newest),
      Home: 0,
      End: newest,
    }[event.key];
    if (to === undefined || newest < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[to].focus();
  }

  list.addEventListener("keydown", onKey);
  list.addEventListener("focusin", ({ target }) => {
    if (target.matches(message)) offer(target);
    else if (!reached?.contains(target)) offer(null);
  });
  list.addEventListener("focusout", ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) offer(null);
  });
}
