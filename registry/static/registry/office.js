// What the browser adds to pages that work without it: a roster's progress is fetched again, files that were chosen are
// named, a resident identity number typed into the ordinary search box never leaves by the address (it is searched by the
// form for documents), everybody on a page is ticked at once, and a letter is printed.
"use strict";

const RESIDENT_ID = /^\s*[1-9]\d{16}[\dXx]\s*$/;

// The theme scrolls its side bar to the link of the page by a library of bars that is not loaded: the bar does it itself.
window.SimpleBar = { instances: { get: (bar) => ({ getScrollElement: () => bar }) } };

function keepNumbersOutOfAddresses() {
  const search = document.getElementById("changelist-search");
  const box = document.getElementById("searchbar");
  const door = document.querySelector("[data-document-search]");
  if (!search || !box || !door) return;
  box.addEventListener("input", () => box.setCustomValidity(""));
  search.addEventListener("submit", (event) => {
    if (!RESIDENT_ID.test(box.value)) return;
    event.preventDefault();
    if (door.dataset.refused) {
      box.setCustomValidity(door.dataset.refused);
      box.reportValidity();
      return;
    }
    door.querySelector("[name=number]").value = box.value.trim();
    door.submit();
  });
}

function followProgress() {
  const panel = document.querySelector("[data-progress]");
  if (!panel) return;
  const refresh = async () => {
    const answer = await fetch(panel.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return setTimeout(refresh, 4000);
    const state = await answer.json();
    if (!state.working) return window.location.reload();
    panel.querySelector("[data-bar]").style.width = `${state.percent}%`;
    panel.querySelector("[role=progressbar]").setAttribute("aria-valuenow", state.percent);
    panel.querySelector("[data-words]").textContent = state.words;
    setTimeout(refresh, 1000);
  };
  setTimeout(refresh, 800);
}

function tickEverybody() {
  const all = document.querySelector("[data-tick-all]");
  if (!all) return;
  const boxes = all.closest("table").querySelectorAll("tbody input[type=checkbox]");
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
}

function printLetters() {
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
}

// The theme shows the name of the first file only.
function nameEveryFile() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file][multiple]")) return;
    const shown = event.target.parentNode.parentNode.parentNode.querySelector("input[type=text]");
    shown.setAttribute("value", Array.from(event.target.files, (file) => file.name).join(", "));
  });
}

document.addEventListener("DOMContentLoaded", () => {
  keepNumbersOutOfAddresses();
  tickEverybody();
  printLetters();
  followProgress();
  nameEveryFile();
});
