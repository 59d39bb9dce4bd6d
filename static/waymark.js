// Small comforts. Every page works without this file.
"use strict";

// A form is sent once, however often its button is pressed; coming back to the page opens it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What is wrong with a form is the first thing to read.
document.querySelector("[data-focus]")?.focus();

// Open panels of the page head close by Escape and by a click elsewhere.
const drops = document.querySelectorAll("details.drop");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of drops) {
    if (!drop.open) continue;
    drop.open = false;
    if (drop.contains(document.activeElement)) drop.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const drop of drops) if (!drop.contains(event.target)) drop.open = false;
});

// Where rows are stacked by the style sheet, some browsers no longer tell a table from loose boxes: say it again.
const roles = { table: "table", "thead, tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
for (const region of document.querySelectorAll(".table-stacks")) {
  for (const [part, role] of Object.entries(roles)) {
    for (const element of region.querySelectorAll(part)) element.setAttribute("role", role);
  }
}

// People to choose from: all at once, and how many are ticked.
for (const form of document.querySelectorAll("form[data-people]")) {
  const boxes = [...form.querySelectorAll(".tick input")];
  const note = form.querySelector("[data-people-count]");
  const words = note.textContent;
  const all = document.createElement("button");
  all.type = "button";
  all.className = "button button-quiet";
  note.before(all);
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    note.textContent = ticked ? `${words}: ${ticked}` : words;
    all.textContent = ticked === boxes.length ? "Tick none" : "Tick all";
  };
  all.addEventListener("click", () => {
    const tick = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = tick;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
}
