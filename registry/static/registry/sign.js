// A security key that does not answer is said on the page; allauth would only write it to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key_failed").hidden = false;
});
