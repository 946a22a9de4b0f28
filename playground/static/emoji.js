// The few signs that cards and the page itself use, drawn here: they look alike on every machine,
// and one without fonts for them shows no boxes.

const NS = "http://www.w3.org/2000/svg";

// character -> [[element, attributes], …] in a box of 24 by 24
const disc = (fill) => ["circle", { cx: 12, cy: 12, r: 10.5, fill }];
const line = (d, stroke = "#fff", width = 2.6) => ["path", {
  d, stroke, fill: "none", "stroke-width": width, "stroke-linecap": "round",
  "stroke-linejoin": "round",
}];
const shape = (d, fill) => ["path", { d, fill }];
const box = (x, y, width, height, fill, rx = 2) => ["rect", { x, y, width, height, fill, rx }];

const DRAWN = {
  "✅": [box(1.5, 1.5, 21, 21, "#2f9e44", 5), line("M6.5 12.5l3.7 3.8 7.3-8.6")],
  "☑": [box(1.5, 1.5, 21, 21, "#1c7ed6", 5), line("M6.5 12.5l3.7 3.8 7.3-8.6")],
  "✓": [line("M4.5 13l4.8 5L19.5 6", "currentColor", 2.6)],
  "✗": [line("M5 5l14 14M19 5L5 19", "currentColor", 2.6)],
  "✕": [line("M5.5 5.5l13 13M18.5 5.5l-13 13", "currentColor", 2)],
  "☰": [line("M4 6h16M4 12h16M4 18h16", "currentColor", 2.2)],
  "✔": [line("M4.5 13l4.8 5L19.5 6", "#2f9e44", 3.2)],
  "❌": [line("M5 5l14 14M19 5L5 19", "#e03131", 3.8)],
  "⏳": [
    shape("M6 3h12v3.2c0 3-3.6 4.4-3.6 5.8s3.6 2.8 3.6 5.8V21H6v-3.2c0-3 3.6-4.4 3.6-5.8S6 9.2 6 6.2z",
      "#d9ecf7"),
    shape("M8.4 7.4h7.2C14.8 9 12.9 10 12 11.4 11.1 10 9.2 9 8.4 7.4zM12 13.6c1 2 4.2 2.7 4.6 5.4H7.4c.4-2.7 3.6-3.4 4.6-5.4z",
      "#f08c00"),
    box(4.5, 1.5, 15, 2.6, "#8a5a2b", 1.2), box(4.5, 19.9, 15, 2.6, "#8a5a2b", 1.2),
  ],
  "⌛": [
    shape("M6 3h12v3.2c0 3-3.6 4.4-3.6 5.8s3.6 2.8 3.6 5.8V21H6v-3.2c0-3 3.6-4.4 3.6-5.8S6 9.2 6 6.2z",
      "#d9ecf7"),
    shape("M12 13.6c1 2 4.2 2.7 4.6 5.4H7.4c.4-2.7 3.6-3.4 4.6-5.4z", "#f08c00"),
    box(4.5, 1.5, 15, 2.6, "#8a5a2b", 1.2), box(4.5, 19.9, 15, 2.6, "#8a5a2b", 1.2),
  ],
  "🏦": [
    shape("M12 1.8L22.5 8v1.8h-21V8z", "#5c6f82"),
    box(4, 11, 3, 8, "#8496a8", .6), box(10.5, 11, 3, 8, "#8496a8", .6),
    box(17, 11, 3, 8, "#8496a8", .6), box(1.5, 19.4, 21, 2.8, "#5c6f82", .8),
    ["circle", { cx: 12, cy: 6.6, r: 1.5, fill: "#fff" }],
  ],
  "💳": [
    box(1.2, 4.2, 21.6, 15.6, "#3b5bdb", 2.6), box(1.2, 7.6, 21.6, 3.4, "#1b2a6b", 0),
    box(4.2, 14, 5, 2.8, "#ffd43b", .8), box(13, 15, 6.6, 1.6, "#bac8ff", .8),
  ],
  "⚠": [
    shape("M12 1.9c.7 0 1.3.4 1.6 1l9 16.2c.7 1.3-.2 2.9-1.6 2.9H3c-1.4 0-2.3-1.6-1.6-2.9l9-16.2c.3-.6.9-1 1.6-1z",
      "#fab005"),
    line("M12 8.5v6", "#43340a", 2.4), ["circle", { cx: 12, cy: 18, r: 1.4, fill: "#43340a" }],
  ],
  "⛔": [disc("#e03131"), box(5.2, 10, 13.6, 4, "#fff", 1)],
  "🚫": [["circle", { cx: 12, cy: 12, r: 9, fill: "none", stroke: "#e03131", "stroke-width": 3 }],
    line("M6 6l12 12", "#e03131", 3)],
  "🔔": [
    shape("M12 2c4.2 0 6.4 3 6.4 6.8 0 5 1.3 6.7 2.8 8.2H2.8c1.5-1.5 2.8-3.2 2.8-8.2C5.6 5 7.8 2 12 2z",
      "#f59f00"),
    shape("M9 18.5h6a3 3 0 01-6 0z", "#b87503"),
  ],
  "🎉": [
    shape("M2 22L7.5 8.5l8 8z", "#f59f00"), line("M14 4l1 3M18 10l3-1M12 9l3-5M16 13l5-3", "#e64980", 1.8),
    ["circle", { cx: 19, cy: 4, r: 1.5, fill: "#1c7ed6" }],
    ["circle", { cx: 20, cy: 15, r: 1.5, fill: "#2f9e44" }],
  ],
  "🧾": [shape("M4 1.5h16v21l-2.7-1.8-2.6 1.8-2.7-1.8-2.7 1.8-2.6-1.8L4 22.5z", "#e9ecef"),
    line("M8 7h8M8 11h8M8 15h5", "#868e96", 1.8)],
  "💰": [shape("M9 2h6l-1.5 3.5C19 8 22 13 22 17c0 3.5-3 5-10 5S2 20.5 2 17c0-4 3-9 8.5-11.5z", "#d9a441"),
    line("M14.8 11.5c-.8-1-4.8-1.5-5 .6-.2 2.5 5 1.3 5 3.9 0 2.1-4.2 2-5.4.5M12 9.5v9.5", "#5f3e08", 1.7)],
  "ℹ": [box(1.5, 1.5, 21, 21, "#1c7ed6", 5), line("M12 11v6.5"),
    ["circle", { cx: 12, cy: 6.8, r: 1.6, fill: "#fff" }]],
  "🟢": [disc("#2f9e44")], "🔴": [disc("#e03131")], "🟡": [disc("#fab005")],
  "🟠": [disc("#f76707")], "🔵": [disc("#1c7ed6")],
  "↩": [box(1.5, 1.5, 21, 21, "#1c7ed6", 5), line("M10 6.5L6 10.5l4 4M6.5 10.5H14a4 4 0 010 7h-2")],
  "➕": [line("M12 4v16M4 12h16", "#495057", 3.4)],
  "🔒": [box(4, 10, 16, 12, "#f59f00", 2.5), line("M8 10V7a4 4 0 018 0v3", "#868e96", 2.4)],
  "🔗": [line("M10 14a4 4 0 006 .4l3-3a4 4 0 00-5.7-5.7L12 7M14 10a4 4 0 00-6-.4l-3 3a4 4 0 005.7 5.7L12 17",
    "#748494", 2.2)],
  "🔎": [["circle", { cx: 14, cy: 9.5, r: 6.8, fill: "#d9ecf7", stroke: "#5c6f82", "stroke-width": 2.4 }],
    line("M9 14.6L3 20.8", "#8a5a2b", 3.6)],
  "⚖": [line("M12 3v17M5 6h14M8 20.5h8", "#5c6f82", 2), line("M5 6L2 13.5M5 6l3 7.5M19 6l-3 7.5M19 6l3 7.5", "#5c6f82", 1.2),
    shape("M1.2 13.5h7.6a3.8 3.4 0 01-7.6 0zM15.2 13.5h7.6a3.8 3.4 0 01-7.6 0z", "#d9a441")],
  "📋": [box(3.5, 3, 17, 20, "#a8703a"), box(6, 6, 12, 14.5, "#fff", .8), box(8, 1.2, 8, 4, "#868e96", 1.4),
    line("M8.5 10.5h7M8.5 13.7h7M8.5 16.9h4.5", "#868e96", 1.4)],
  "📝": [box(3, 1.8, 15, 20.4, "#fff3bf"), line("M6 6.5h9M6 10h9M6 13.5h5", "#868e96", 1.5),
    line("M20.5 9.5l-7.4 8.6", "#f08c00", 3.4), shape("M11.2 17l3 2.6-4 1.9z", "#43340a")],
  "📱": [box(5.5, 1, 13, 22, "#343a40", 2.6), box(7.2, 4, 9.6, 14.6, "#a5d8ff", .6),
    ["circle", { cx: 12, cy: 20.8, r: 1.1, fill: "#adb5bd" }]],
  "🛑": [shape("M7.4 1.2h9.2l6.2 6.2v9.2l-6.2 6.2H7.4l-6.2-6.2V7.4z", "#e03131"),
    box(6, 10.4, 12, 3.2, "#fff", .8)],
  "🔻": [shape("M2.5 5h19L12 21z", "#e03131")],
  "👋": [line("M9 12.5L5.6 7.4M11.5 11L8 5M14.2 10.2L11 4.4M16.6 11.4L14.6 6.8", "#fab005", 2.8),
    shape("M7.6 12.4l9.8-2.6 1.6-3c1-1.4 2.6-.6 2.2 1L20 14.4c-.6 4.4-3 6.8-6.4 6.8-2.6 0-4.4-1.4-5.6-3.6z", "#fab005"),
    line("M2.2 14.5c.2 3 1.6 5.4 4 7M21 2.4c-1-.8-2.2-1.2-3.4-1", "#868e96", 1.3)],
  "👍": [box(2, 10, 5, 12, "#1c7ed6", 1.2), shape("M8.5 11l4-8.5c2.2 0 3.2 1.6 2.6 4L14.4 9.5H20c1.4 0 2.2 1 1.9 2.4l-1.6 7.8c-.3 1.4-1 2.1-2.4 2.1H8.5z", "#fab005")],
  "🚀": [shape("M12 1c4 3 5.4 7 5 12l-2 4H9l-2-4C6.6 8 8 4 12 1z", "#ced4da"), shape("M7 12l-4 5v4l5-4zM17 12l4 5v4l-5-4z", "#e03131"),
    ["circle", { cx: 12, cy: 9, r: 2.2, fill: "#1c7ed6" }], shape("M9.5 18h5L12 23.5z", "#f08c00")],
  "👀": [["ellipse", { cx: 6.5, cy: 12, rx: 5, ry: 7.5, fill: "#fff", stroke: "#868e96", "stroke-width": 1.4 }],
    ["ellipse", { cx: 17.5, cy: 12, rx: 5, ry: 7.5, fill: "#fff", stroke: "#868e96", "stroke-width": 1.4 }],
    ["circle", { cx: 5, cy: 13, r: 2.5, fill: "#343a40" }], ["circle", { cx: 16, cy: 13, r: 2.5, fill: "#343a40" }]],
  "🕐": [disc("#e9ecef"), ["circle", { cx: 12, cy: 12, r: 9.5, fill: "#fff", stroke: "#868e96", "stroke-width": 2 }],
    line("M12 6.5V12l3.5 2", "#343a40", 2)],
};

export const SHORTCODES = {
  white_check_mark: "✅", heavy_check_mark: "✔", x: "❌", hourglass_flowing_sand: "⏳",
  hourglass: "⌛", bank: "🏦", credit_card: "💳", warning: "⚠", no_entry: "⛔",
  no_entry_sign: "🚫", bell: "🔔", tada: "🎉", receipt: "🧾", moneybag: "💰",
  information_source: "ℹ", large_green_circle: "🟢", red_circle: "🔴",
  large_yellow_circle: "🟡", large_orange_circle: "🟠", large_blue_circle: "🔵",
  leftwards_arrow_with_hook: "↩", heavy_plus_sign: "➕", lock: "🔒", link: "🔗", clock1: "🕐",
  wave: "👋", "+1": "👍", rocket: "🚀", eyes: "👀",
};

const KNOWN = new RegExp(`(${Object.keys(DRAWN).join("|")})\\uFE0F?`, "gu");

function drawn(character) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of DRAWN[character]) {
    const part = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  }
  const spoken = document.createElement("span");
  spoken.className = "hidden-text";
  spoken.textContent = character;
  const whole = document.createElement("span");
  whole.className = "emoji";
  whole.append(spoken, svg);
  return whole;
}

// Text as nodes, the known symbols drawn.
export function withEmoji(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(KNOWN)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(drawn(match[1]));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}
