// One row: the answer takes its place in the page, and comes anew when a value has been changed.
// The form does the same without this, page by page.

const QUIET_MS = 400;
const form = document.getElementById("row");
const told = document.getElementById("told");
const trouble = document.getElementById("trouble");
let timer = 0;
let asking = null;

async function ask(submitter) {
  clearTimeout(timer);
  asking?.abort();
  const mine = asking = new AbortController();
  const answer = document.getElementById("answer");
  answer.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form, submitter));
    const response = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const made = page.getElementById("answer");
    if (!made || page.forms.namedItem("row")?.elements.run.value !== form.elements.run.value) {
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    const there = document.importNode(made, true);
    answer.replaceWith(there);
    for (const id of ["before", "model-state"]) {
      document.getElementById(id).replaceWith(document.importNode(page.getElementById(id), true));
    }
    if (submitter && !submitter.isConnected) form.querySelector("button").focus();
    if (submitter) there.scrollIntoView({ block: "nearest" });
    // Who does not see the page is told the answer, or why there is none, and not all of it.
    const news = there.querySelectorAll(".answer, .note, .bad, .bad + ul");
    told.textContent = [...news].map((each) => each.textContent.replace(/\s+/g, " ")).join(" ");
    trouble.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return;
    answer.removeAttribute("aria-busy");
    trouble.textContent = trouble.dataset.lost;
    trouble.hidden = false;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target !== form) return;
  event.preventDefault();
  ask(event.submitter);
});
form.addEventListener("input", () => {
  clearTimeout(timer);
  if ("answered" in document.getElementById("answer").dataset) timer = setTimeout(ask, QUIET_MS);
});
