// A security key that does not answer is said on the page; allauth would only write it to the console.
const sayThatItFailed = () => { document.getElementById("key_failed").hidden = false; };
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  sayThatItFailed();
});

// What only a script can do is offered once allauth's is there: its listener, loaded before, has run by then.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.allauth?.webauthn) return sayThatItFailed();
  document.querySelectorAll("[data-needs-script]").forEach((button) => { button.disabled = false; });
});
