// The letter of a notice is printed by the button.
"use strict";

document.querySelector("[data-print]").addEventListener("click", () => window.print());
