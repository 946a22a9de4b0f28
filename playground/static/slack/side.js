// The sidebar: workspace, channels, direct messages; what is unread stands out.

import { el, reconcile } from "../dom.js";
import { askToConfirm } from "./confirm.js";
import { openMenu } from "./menu.js";
import { avatar } from "./messages.js";
import { plain } from "./text.js";

export class Side {
  #parts = {};
  #seen = {};
  #calls;
  #state = null;

  // calls: {choose(channel), goTo(workspace), remove(workspace), restore(), shut()}
  constructor(calls) {
    this.#calls = calls;
    const parts = this.#parts;
    parts.name = el("span", { class: "sl-team-name" });
    parts.team = el("button", {
      type: "button", class: "sl-team", "aria-haspopup": "menu", "aria-expanded": "false",
      onclick: () => this.#openTeams(),
    }, parts.name, el("span", { class: "sl-caret", "aria-hidden": "true" }));
    parts.channels = el("ul");
    parts.directs = el("ul");
    parts.link = el("p", { class: "sl-link-state", role: "status" });
    this.node = el("nav", {
      class: "sl-side", "aria-label": "Channels",
      onkeydown: (event) => event.key === "Escape" && this.#calls.shut(),
    }, parts.team,
    el("h3", {}, "Channels"), parts.channels,
    el("h3", {}, "Apps"), parts.directs, parts.link);
  }

  draw(state, current) {
    this.#state = state;
    const { team, channels, users, socket_mode: bySocket, sockets } = state;
    this.#parts.name.textContent = team.name;
    const items = channels.map((channel) => ({
      channel,
      count: this.#unread(channel, current, state.me),
      current: channel.id === current?.id,
    }));
    this.#list(this.#parts.channels, items.filter((item) => !item.channel.is_im), users);
    this.#list(this.#parts.directs, items.filter((item) => item.channel.is_im), users);
    if (!channels.some((channel) => channel.is_im)) {
      this.#parts.directs.replaceChildren(el("li", { data: { key: "none" } }, el("button", {
        type: "button", onclick: () => this.#openTeams(),
      }, el("span", { class: "sl-hash", "aria-hidden": "true" }, "+"),
      el("span", { class: "sl-name" }, "Add apps"))));
    }
    this.#parts.link.textContent = !bySocket ? ""
      : sockets ? "Socket Mode: connected" : "Socket Mode: not connected";
    this.#parts.link.classList.toggle("off", bySocket && !sockets);
  }

  #unread(channel, current, me) {
    const key = `${me} ${channel.id}`;
    const latest = channel.messages.at(-1)?.ts ?? "";
    if (channel.id === current?.id || this.#seen[key] === undefined) this.#seen[key] = latest;
    return channel.messages.filter((m) => m.ts > this.#seen[key] && m.user !== me).length;
  }

  #list(list, items, users) {
    reconcile(list, items, {
      key: (item) => item.channel.id,
      signature: (item) => JSON.stringify(
        [item.count, item.current, item.channel.name, item.channel.is_served]),
      render: (item) => el("li", {}, this.#entry(item, users[item.channel.with])),
    });
  }

  #entry({ channel, count, current }, other) {
    const { is_im: isDirect, is_ext_shared: isShared } = channel;
    return el("button", {
      type: "button",
      class: `${count ? "unread" : ""} ${channel.is_served ? "" : "gone"}`,
      "aria-current": current ? "page" : null,
      onclick: () => this.#calls.choose(channel),
    },
    isDirect
      ? [avatar(other, "tiny"), el("span", { class: "sl-name" }, other.name),
        el("span", { class: "sl-app" }, "APP")]
      : [el("span", { class: "sl-hash", "aria-hidden": "true" }, "#"),
        el("span", { class: "sl-name" }, channel.name),
        isShared ? el("span", {
          class: "sl-shared", title: `Shared with ${channel.shared_with.join(", ")}`,
        }, el("span", { class: "hidden-text" }, "shared")) : null],
    count
      ? el("span", { class: "sl-badge", "aria-label": `${count} unread` }, String(count)) : null);
  }

  #openTeams() {
    const { workspaces, team } = this.#state;
    const here = workspaces.find((one) => one.id === team.id);
    openMenu(this.#parts.team, "Workspaces", [
      { heading: "Workspaces" },
      ...workspaces.map((one) => ({
        label: one.name,
        about: one.enterprise_name || `${one.domain}.slack.com`,
        mark: el("span", { class: "sl-square", "aria-hidden": "true" }, one.name[0]),
        note: one.id === team.id ? plain("✓") : "",
        act: () => this.#calls.goTo(one),
      })),
      { rule: true },
      ...this.#appItems(here),
    ]);
  }

  #appItems(here) {
    const { install_url: url, bot, users } = this.#state;
    const app = users[bot] ?? Object.values(users).find((user) => user.is_app);
    if (here.installed) {
      return [{ label: `Remove ${app.name}…`, act: () => this.#remove(here, app) }];
    }
    if (url) {
      const href = `${url}${url.includes("?") ? "&" : "?"}team=${encodeURIComponent(here.id)}`;
      return [{ label: `Add ${app.name} to ${here.name}`, href }];
    }
    if (here.home) {
      return [{ label: `Add ${app.name} to ${here.name}`, act: () => this.#calls.restore() }];
    }
    return [{ heading: `${app.name} is not offered to other workspaces here.` }];
  }

  async #remove(here, app) {
    const where = here.everywhere ? here.enterprise_name : here.name;
    const agreed = await askToConfirm(this.#parts.team, {
      title: { text: `Remove ${app.name}?` },
      text: { type: "plain_text", text:
        `It will leave ${where}, and its tokens will stop working. What it said stays.` },
      confirm: { text: "Remove app" },
      deny: { text: "Cancel" },
      style: "danger",
    }, {});
    if (agreed) await this.#calls.remove(here);
  }
}
