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
for (const region of document.querySelectorAll(".table-stacks, .table-cards")) {
  for (const [part, role] of Object.entries(roles)) {
    for (const element of region.querySelectorAll(part)) element.setAttribute("role", role);
  }
}

// People to choose from: all on the page at once, and how many are ticked, here and on other pages.
const prepareTicks = (list) => {
  const boxes = [...list.querySelectorAll(".tick input")];
  const note = list.querySelector("[data-people-count]");
  const words = note.dataset.peopleCount || note.textContent;
  const elsewhere = Number(note.dataset.peopleElsewhere || 0);
  const all = document.createElement("button");
  all.type = "button";
  all.className = "button button-quiet";
  note.before(all);
  const tell = () => {
    const here = boxes.filter((box) => box.checked).length;
    note.textContent = here + elsewhere ? `${words}: ${here + elsewhere}` : words;
    all.textContent = here === boxes.length ? "Tick none" : "Tick all";
  };
  all.addEventListener("click", () => {
    const tick = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = tick;
    tell();
  });
  list.addEventListener("change", tell);
  tell();
};
for (const list of document.querySelectorAll("[data-people]")) prepareTicks(list);

// A list follows what is typed into its search: it is asked for anew and put in the place of the old one, and the number
// found is said. The field keeps the cursor; the address keeps what was typed, and who is ticked.
const NOT_IN_ADDRESSES = ["csrf_token", "deed", "people", "scope"];
const keepTicks = (form, words) => {
  const ticked = new FormData(form).getAll("people").join(",");
  if (ticked) words.set("ticked", ticked);
  else words.delete("ticked");
};
for (const form of document.querySelectorAll("form[data-live]")) {
  const said = form.querySelector("[data-live-said]");
  const regions = form.dataset.live.split(" ");
  let timer = 0;
  let asked = new AbortController();
  let isUnderWay = false;
  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    isUnderWay = true;
    const address = new URL(form.action);
    const words = new FormData(form);
    for (const name of NOT_IN_ADDRESSES) words.delete(name);
    keepTicks(form, words);
    address.search = new URLSearchParams(words).toString();
    try {
      const answer = await fetch(address, { signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      isUnderWay = false;
      if (!page.getElementById(regions[0])) return;
      for (const id of regions) document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
      const there = document.getElementById(regions[0]);
      for (const list of there.querySelectorAll("[data-people]")) prepareTicks(list);
      history.replaceState(history.state, "", answer.url);
      said.textContent = there.dataset.found;
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked.abort();
  });
  if (form.method !== "post") continue;
  // Who is ticked while the list is on its way stays so; and other views of the same list take along who is ticked.
  form.addEventListener("change", (event) => {
    if (isUnderWay && event.target.name === "people") ask();
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.hash || link.pathname !== location.pathname || "unticks" in link.dataset) return;
    const address = new URL(link.href);
    keepTicks(form, address.searchParams);
    link.href = address;
  });
}

// A file that is too large is told as soon as it is chosen, before it travels.
for (const input of document.querySelectorAll("input[data-largest]")) {
  input.addEventListener("change", () => {
    const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
}
