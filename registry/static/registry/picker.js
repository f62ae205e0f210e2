// A field that picks from more rows than a list can hold. In place of the list there is a box to type in; what is found
// stands under it, is gone through with the arrows and taken with Enter or a click. Of several, each that was taken
// stands above the box and can be removed. The list itself stays in the form and is what is sent.
"use strict";

const PAUSE = 200; // milliseconds without a key before it is searched for

function element(kind, attributes, ...inside) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}

class Picking {
  constructor(list) {
    const { fieldClass, hint } = list.dataset;
    this.list = list;
    this.box = element("input", {
      type: "text", id: `${list.id}-typed`, class: fieldClass, role: "combobox", placeholder: list.disabled ? "" : hint, autocomplete: "off",
      spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${list.id}-found`,
      "aria-describedby": list.getAttribute("aria-describedby"), "aria-invalid": list.getAttribute("aria-invalid"),
    });
    this.found = element("ul", { id: `${list.id}-found`, role: "listbox", class: "rg-found", hidden: "" });
    this.taken = element("ul", { class: "rg-taken" });
    this.box.disabled = list.disabled;
    this.wanted = list.required;
    this.name();
    list.hidden = true;
    list.required = false;
    list.after(element("div", { class: "rg-picking" }, ...(list.multiple ? [this.taken] : []), this.box, this.found));
    this.box.addEventListener("input", () => this.soon());
    this.box.addEventListener("click", () => this.search());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.leave());
    this.found.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    this.found.addEventListener("click", (event) => this.take(event.target.closest("[data-id]")));
    this.show();
  }

  name() {
    const label = this.list.labels?.[0];
    if (label) label.htmlFor = this.box.id;
    else this.box.setAttribute("aria-label", this.list.getAttribute("aria-label") || this.list.name);
    this.found.setAttribute("aria-label", label?.textContent.trim() || this.list.name);
  }

  get chosen() {
    return Array.from(this.list.selectedOptions).filter((each) => each.value);
  }

  get shown() {
    return this.list.multiple ? "" : this.chosen[0]?.text ?? "";
  }

  get untaken() {
    return this.box.value !== this.shown;
  }

  show() {
    this.box.value = this.shown;
    this.box.required = this.wanted && !this.chosen.length;
    this.taken.replaceChildren(...this.chosen.map((each) => {
      const remove = element("button", { type: "button", "aria-label": `${this.list.dataset.remove}: ${each.text}` }, "×");
      remove.addEventListener("click", () => { each.remove(); this.changed(); this.box.focus(); });
      return element("li", {}, each.text, remove);
    }));
  }

  changed() {
    this.show();
    this.list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    const { appLabel, modelName, fieldName, none, more, failed } = this.list.dataset;
    const term = this.untaken ? this.box.value.trim() : "";
    const asked = new URLSearchParams({ term, app_label: appLabel, model_name: modelName, field_name: fieldName });
    const turn = this.turn = Symbol();
    const answer = await fetch(`${this.list.getAttribute("data-ajax--url")}?${asked}`).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null; // whoever is signed out is sent to a page
    if (turn !== this.turn || document.activeElement !== this.box) return;
    const { results, pagination } = told ?? { results: [] };
    const rows = results.map((row, at) => element(
      "li", { role: "option", id: `${this.found.id}-${at}`, "data-id": row.id, "aria-selected": "false" }, row.text,
    ));
    const says = !told ? failed : !rows.length ? none : pagination?.more ? more : "";
    if (says) rows.push(element("li", { role: "option", "aria-disabled": "true", class: "rg-found-says" }, says));
    this.found.replaceChildren(...rows);
    this.open(true);
    this.mark(this.found.querySelector("[data-id]"));
  }

  open(whether) {
    this.found.hidden = !whether;
    this.box.setAttribute("aria-expanded", String(whether));
    if (!whether) this.mark(null);
  }

  mark(row) {
    this.marked?.setAttribute("aria-selected", "false");
    this.marked = row;
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.box.setAttribute("aria-activedescendant", row.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  take(row) {
    if (!row) return;
    let option = Array.from(this.list.options).find((each) => each.value === row.dataset.id);
    if (!option) this.list.add(option = new Option(row.textContent, row.dataset.id));
    option.selected = true;
    this.open(false);
    this.changed();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.hidden) this.search();
    else if (step) this.go(step);
    else if (event.key === "Enter" && !this.found.hidden && this.marked) this.take(this.marked);
    else if (event.key === "Enter" && this.untaken) this.search(); // the form is not sent without what was typed
    else if (event.key === "Escape" && !this.found.hidden) this.open(false);
    else return;
    event.preventDefault();
  }

  go(step) {
    const rows = Array.from(this.found.querySelectorAll("[data-id]"));
    const next = rows[rows.indexOf(this.marked) + step];
    if (next) this.mark(next);
  }

  leave() {
    clearTimeout(this.waiting);
    this.turn = null;
    this.open(false);
    const emptied = !this.list.multiple && !this.box.value.trim() && this.chosen.length;
    if (emptied) this.list.value = "";
    if (emptied) this.changed();
    else this.box.value = this.shown; // what was typed and not taken is nothing
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("select.rg-picker:not([name*=__prefix__])")) new Picking(list);
});
