// Block Kit drawn: what slack_blocks.py lets through has a picture here.

import { el } from "../dom.js";
import { askToConfirm } from "./confirm.js";
import { isSafe, plain, textOf } from "./text.js";

// context: {users, channels, tz, locale, scope, act(element, block, value) -> Promise<string>}
// `scope` keeps the names of inputs apart; act answers the name of an error, or "".
export function drawBlocks(blocks, context) {
  return blocks.map((block) => {
    const node = DRAW[block.type]?.(block, context) ?? el("div");
    node.classList.add("sl-block");
    node.dataset.block = block.block_id;
    return node;
  });
}

// What has been filled in: block id -> action id -> text, value, or list of values.
export function collect(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-reads]")) {
    const { block, action } = node.dataset;
    (values[block] ??= {})[action] = READ[node.dataset.reads](node);
  }
  return values;
}

// Put values back after a view was drawn anew.
export function refill(root, values) {
  for (const node of root.querySelectorAll("[data-reads]")) {
    const value = values[node.dataset.block]?.[node.dataset.action];
    if (value !== undefined) WRITE[node.dataset.reads](node, value);
  }
}

const READ = {
  field: (node) => node.value,
  radio: (node) => node.querySelector("input:checked")?.value ?? "",
  checks: (node) => [...node.querySelectorAll("input:checked")].map((box) => box.value),
};

const WRITE = {
  field: (node, value) => { node.value = value; },
  radio: (node, value) => boxes(node).forEach((box) => { box.checked = box.value === value; }),
  checks: (node, value) =>
    boxes(node).forEach((box) => { box.checked = value.includes(box.value); }),
};

const boxes = (node) => node.querySelectorAll("input");

const DRAW = {
  divider: () => el("hr", { class: "sl-divider" }),
  header: (block) => el("h3", { class: "sl-header" }, plain(block.text.text)),
  image: (block) => el("figure", { class: "sl-figure" },
    block.title ? el("figcaption", {}, plain(block.title.text)) : null,
    el("img", { src: block.image_url, alt: block.alt_text })),
  context: (block, context) => el("div", { class: "sl-context" }, block.elements.map((one) =>
    one.type === "image"
      ? el("img", { src: one.image_url, alt: one.alt_text })
      : el("span", {}, textOf(one, context)))),
  actions: (block, context) => el("div", { class: "sl-actions" },
    block.elements.map((one) => drawElement(one, block, context))),
  section: (block, context) => el("div", { class: "sl-section" },
    el("div", { class: "sl-section-main" },
      block.text ? el("div", {}, textOf(block.text, context)) : null,
      block.fields ? el("div", { class: "sl-fields" },
        block.fields.map((field) => el("div", {}, textOf(field, context)))) : null),
    block.accessory ? drawElement(block.accessory, block, context) : null),
  input: drawInput,
};

function drawInput(block, context) {
  const id = `${context.scope}-${block.block_id}`;
  const element = drawElement(block.element, block, { ...context, inputId: id });
  const isGroup = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const label = [
    plain(block.label.text),
    block.optional ? el("span", { class: "sl-optional" }, " (optional)") : null,
  ];
  return el(isGroup ? "fieldset" : "div", { class: "sl-input" },
    isGroup ? el("legend", {}, label) : el("label", { for: id }, label),
    element,
    el("p", { class: "sl-field-error", id: `${id}-error`, role: "alert" }),
    block.hint ? el("p", { class: "sl-hint" }, plain(block.hint.text)) : null);
}

function drawElement(element, block, context) {
  const draw = ELEMENT[element.type];
  return draw ? draw(element, block, context) : el("span");
}

const ELEMENT = {
  button: drawButton,
  image: (element) =>
    el("img", { class: "sl-accessory", src: element.image_url, alt: element.alt_text }),
  static_select: drawSelect,
  overflow: drawOverflow,
  radio_buttons: (element, block, context) => drawBoxes("radio", element, block, context),
  checkboxes: (element, block, context) => drawBoxes("checkbox", element, block, context),
  datepicker: (element, block, context) => drawField("date", element, block, context),
  plain_text_input: (element, block, context) => drawField("text", element, block, context),
  number_input: (element, block, context) => drawField("text", element, block, context, "decimal"),
  email_text_input: (element, block, context) => drawField("email", element, block, context),
  url_text_input: (element, block, context) => drawField("url", element, block, context),
};

async function perform(node, element, block, context, value) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await askToConfirm(node, element.confirm, context))) return;
  node.setAttribute("aria-busy", "true");
  node.querySelector(".sl-failed")?.remove();
  const error = await context.act(element, block, value, node);
  node.removeAttribute("aria-busy");
  if (error) {
    const told = `This did not work (${error}). Try again?`;
    node.append(el("span", { class: "sl-failed", title: told },
      plain("⚠"), el("span", { class: "hidden-text" }, told)));
  }
}

function drawButton(element, block, context) {
  const look = {
    class: `sl-button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
    data: { element: element.action_id },
    onclick: (event) => perform(event.currentTarget, element, block, context, null),
  };
  const label = plain(element.text.text);
  if (!element.url || !isSafe(element.url)) {
    return el("button", { type: "button", ...look }, label);
  }
  return el("a", { href: element.url, target: "_blank", rel: "noopener noreferrer", ...look },
    label);
}

const options = (list, chosen) => list.map((option) =>
  el("option", { value: option.value, selected: option.value === chosen }, option.text.text));

function reads(kind, element, block) {
  return { reads: kind, block: block.block_id, action: element.action_id };
}

const acts = (block) => block.type !== "input" || block.dispatch_action;

function drawSelect(element, block, context) {
  const chosen = element.initial_option?.value;
  const node = el("select", {
    class: "sl-select",
    id: context.inputId,
    "aria-label": context.inputId ? null : (element.placeholder?.text ?? "Choose"),
    "aria-describedby": context.inputId && `${context.inputId}-error`,
    data: reads("field", element, block),
    onchange: (event) => {
      if (acts(block) && event.target.value) {
        perform(event.target, element, block, context, event.target.value);
      }
    },
  },
  el("option", { value: "", selected: !chosen }, element.placeholder?.text ?? "Select an option"),
  options(element.options ?? [], chosen),
  (element.option_groups ?? []).map((group) =>
    el("optgroup", { label: group.label.text }, options(group.options, chosen))));
  if (element.focus_on_load) node.dataset.first = "yes";
  return node;
}

function drawOverflow(element, block, context) {
  const menu = el("details", { class: "sl-overflow" },
    el("summary", { class: "sl-button", "aria-label": "More actions" }, "⋯"),
    el("div", {}, element.options.map((option) => el("button", {
      type: "button",
      onclick: () => {
        menu.open = false;
        perform(menu, element, block, context, option.value);
      },
    }, plain(option.text.text)))));
  return menu;
}

function drawBoxes(kind, element, block, context) {
  const first = element.initial_options ?? [element.initial_option].filter(Boolean);
  const chosen = new Set(first.map((option) => option.value));
  const name = `${context.scope}-${block.block_id}-${element.action_id}`;
  const group = el("div", {
    class: "sl-boxes",
    data: reads(kind === "radio" ? "radio" : "checks", element, block),
    onchange: () => {
      const value = READ[group.dataset.reads](group);
      if (acts(block)) perform(group, element, block, context, value);
    },
  }, element.options.map((option) => el("label", {},
    el("input", { type: kind, name, value: option.value, checked: chosen.has(option.value) }),
    el("span", {}, textOf(option.text, context),
      option.description
        ? el("small", {}, textOf(option.description, context)) : null))));
  return group;
}

function drawField(type, element, block, context, inputmode) {
  const isLong = element.multiline === true;
  const node = el(isLong ? "textarea" : "input", {
    class: "sl-field",
    type: isLong ? null : type,
    rows: isLong ? 3 : null,
    id: context.inputId,
    inputmode,
    autocomplete: "off",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    value: element.initial_value ?? element.initial_date ?? "",
    "aria-describedby": `${context.inputId}-error`,
    data: reads("field", element, block),
    onkeydown: (event) => {
      if (event.key === "Enter" && block.dispatch_action && !isLong) {
        event.preventDefault();
        perform(node, element, block, context, node.value);
      }
    },
  });
  if (element.focus_on_load) node.dataset.first = "yes";
  return node;
}
