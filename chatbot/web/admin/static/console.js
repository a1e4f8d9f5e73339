// What server-rendered pages cannot do alone. Every page works without it, except the type-ahead and the live inbox.
"use strict";

/** Type-ahead: an input with data-suggest="question|talk|entity|attribute" and a list. */
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const options = document.getElementById(input.getAttribute("list"));
  let asked = "";
  let timer = 0;
  const fill = async () => {
    const typed = input.value.trim();
    if (!options || typed === asked) return;
    asked = typed;
    const query = new URLSearchParams({ kind: input.dataset.suggest, q: typed });
    const response = await fetch(`/admin/suggest?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response || !response.ok || asked !== typed) return;
    const { names } = await response.json();
    options.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(fill, 90);
  };
  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
}

/** The reply as a customer will see it, while it is written: data-preview names the bubble. */
for (const area of document.querySelectorAll("[data-preview]")) {
  const bubble = document.getElementById(area.dataset.preview);
  const show = () => (bubble.textContent = area.value.trim() || bubble.dataset.empty);
  area.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    const question = (submitter && submitter.dataset.confirm) || form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.busy !== undefined || (submitter && submitter.dataset.busy !== undefined)) {
      // after the browser has taken the button's value along
      setTimeout(() => {
        for (const button of form.querySelectorAll("button")) button.disabled = true;
        if (submitter) submitter.setAttribute("aria-busy", "true");
      }, 0);
    }
  });
}

for (const select of document.querySelectorAll("select[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());

/** A page left by the back button's cache must not keep its buttons off. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.done;
  });
}

/** "/" goes to the search field, as in other tools; never while something is typed. */
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("input[type=search]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !search) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  event.preventDefault();
  search.focus();
});

/** The inbox stays fresh: the part with data-live is fetched again every few seconds while the page is seen. */
const live = document.querySelector("[data-live]");
if (live) {
  const refresh = async () => {
    if (document.hidden) return;
    const response = await fetch(window.location.href).catch(() => null);
    if (!response || !response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
    const now = document.querySelector("[data-live]");
    if (fresh && now.textContent.replace(/\s+/g, "") !== fresh.textContent.replace(/\s+/g, "")) {
      now.replaceChildren(...document.importNode(fresh, true).childNodes);
    }
  };
  setInterval(refresh, 4000);
}

/** Long work: the page says how it is going, and is loaded anew when it has ended. */
for (const shown of document.querySelectorAll("[data-work]")) {
  const look = async () => {
    const response = await fetch(`/admin/works/${shown.dataset.work}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response || !response.ok) return; // a worker that is being replaced: ask again
    const { running, progress, seconds } = await response.json();
    if (!running) {
      clearInterval(timer);
      window.location.reload();
      return;
    }
    shown.querySelector("[data-progress]").textContent = progress ? ` · ${progress}` : "";
    shown.querySelector("[data-seconds]").textContent = seconds;
  };
  const timer = setInterval(look, 1000);
}
