// A security key that does not answer is said on the page; allauth would only write it to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key_failed").hidden = false;
});

// What only a script can do is offered once the script is there: allauth's listener, loaded before, has run by then.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-needs-script]").forEach((button) => { button.disabled = false; });
});
