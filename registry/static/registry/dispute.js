// Objections: files are uploaded with progress, nothing is filed twice by two presses, and errors get the focus.
// Without this script the forms are posted as they are.
"use strict";

function said(form, words) {
  const place = form.querySelector("[data-progress]");
  place.hidden = false;
  place.querySelector("[data-said]").textContent = words;
  return place.querySelector("progress");
}

function show(page, address) {
  const found = new DOMParser().parseFromString(page, "text/html");
  const main = found.querySelector("main");
  if (!main) {
    location.assign(address);
    return;
  }
  document.title = found.title;
  document.querySelector("main").replaceWith(main);
  const again = main.querySelector("form[data-upload]");
  history.pushState(null, "", again && main.querySelector("[data-errors]") ? again.action : address);
  ready();
}

function send(form, button) {
  const words = form.querySelector("[data-said]").dataset;
  const given = new FormData(form);
  if (button && button.name) given.set(button.name, button.value);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    said(form, percent < 100 ? words.words.replace("{percent}", percent) : words.checking).value = percent;
  });
  request.addEventListener("load", () => show(request.responseText, request.responseURL || form.action));
  request.addEventListener("error", () => {
    said(form, words.failed).value = 0;
    delete form.dataset.sending;
  });
  request.send(given);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload], [data-once]")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  const files = form.querySelector("input[type=file]");
  if (form.matches("[data-upload]") && files && files.files.length) {
    event.preventDefault();
    send(form, event.submitter);
  }
});

// Coming back to a page out of the browser's memory, its forms can be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach((form) => delete form.dataset.sending));
window.addEventListener("popstate", () => location.reload());

function ready() {
  document.querySelector("[data-errors]")?.focus();
}
ready();
