// The window's few icons: stroked paths on a 24 by 24 grid.

const NAMESPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  send: "M3.4 20.4 21 12 3.4 3.6 3.4 10 15 12 3.4 14z",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  open: "M8 16 16 8M9 8h7v7",
  copy: "M9 9h10v10H9zM5 15V5h10",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  keyboard: "M3 6h18v12H3zM7 10h.01M12 10h.01M17 10h.01M8 14h8",
  tick: "M4 12.5 9 17.5 20 6.5",
  ticks: "M1.5 12.5 6.5 17.5 16.5 6.5M11.5 17 12 17.5 22.5 6.5",
};
const FILLED = new Set(["send"]);

export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("tg-icon", `tg-icon-${name}`);
  if (FILLED.has(name)) svg.classList.add("tg-filled");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
