// Brings files: dropped or chosen, in parts, with progress. Without it the forms do so by themselves.
import { Refused, sendFile, told } from "/static/upload.js";

const sending = document.getElementById("sending");
const list = document.getElementById("sending-files");
const status = document.getElementById("sending-status");
const cancel = document.getElementById("sending-cancel");
const texts = sending.dataset;

function size(length) {
  for (const [unit, digits, each] of [["GB", 1, 1e9], ["MB", 1, 1e6], ["KB", 0, 1e3]]) {
    if (length >= each) return `${(length / each).toFixed(digits)} ${unit}`;
  }
  return `${length} B`;
}

function filled(template, facts) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

function say(text, isBad) {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("bad", Boolean(isBad));
}

function row(file) {
  const made = document.getElementById("sending-file").content.firstElementChild.cloneNode(true);
  made.querySelector("bdi").textContent = file.name;
  const bar = made.querySelector("progress");
  bar.max = file.size;
  bar.setAttribute("aria-label", file.name);
  const number = made.querySelector(".number");
  list.append(made);
  return (done) => {
    bar.value = done;
    number.textContent = filled(texts.progress, { done: size(done), all: size(file.size) });
  };
}

let isSending = false;
addEventListener("beforeunload", (event) => {
  if (isSending) event.preventDefault();
});

async function send(files, begin) {
  if (isSending || !files.length) return;
  isSending = true;
  list.replaceChildren();
  sending.hidden = false;
  for (const each of document.querySelectorAll("[data-bring]")) each.inert = true;
  say(texts.sending);
  const stopped = new AbortController();
  const options = {
    waits: (isLost) => say(isLost ? texts.lost : texts.sending, isLost),
    signal: stopped.signal,
  };
  try {
    const { address, ids } = await begin(files, options);
    history.replaceState(null, "", address);
    cancel.action = `${address}/cancel`;
    cancel.hidden = false;
    cancel.addEventListener("submit", () => {
      isSending = false;
      stopped.abort();
    });
    const bars = files.map(row);
    for (const [place, file] of files.entries()) {
      const progress = bars[place];
      progress(0);
      await sendFile(file, `${address}/files/${ids[place]}`, { ...options, progress });
    }
    isSending = false;
    location.assign(address);
  } catch (error) {
    if (stopped.signal.aborted) return;
    isSending = false;
    const isAFile = error instanceof Refused;
    say(isAFile ? error.message : texts.unreadable, true);
    for (const each of document.querySelectorAll("[data-bring]")) each.inert = false;
  }
}

// Files that are new to the console, or the rest of one that it has a part of.
async function begin(form, files, { waits, signal }) {
  const known = form.dataset;
  const [file] = files;
  const isTheSame = known.file && files.length === 1 && file.name === known.name
    && file.size === Number(known.size)
    && (!Number(known.modified) || file.lastModified === Number(known.modified));
  if (isTheSame) return { address: known.draft, ids: [known.file] };
  const content = {
    files: files.map((each) => ({ name: each.name, size: each.size, modified: each.lastModified })),
    dataset: known.dataset ?? "",
    part: known.part ?? "",
  };
  const answer = await told(form.dataset.bring, content, waits, signal);
  return { address: answer.address, ids: answer.files };
}

// The page's parts come anew, so its forms are not listened to one by one.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-bring]");
  if (!form) return;
  event.preventDefault();
  send([...form.querySelector("input[type=file]").files], (...all) => begin(form, ...all));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-bring]");
  if (form && event.target.type === "file") form.requestSubmit();
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file that misses is not opened in place of the page
    const form = event.target.closest?.("[data-bring]");
    for (const each of document.querySelectorAll("[data-bring]")) {
      each.classList.toggle("over", each === form && kind !== "drop" && kind !== "dragleave");
    }
    if (kind === "drop" && form) {
      send([...event.dataTransfer.files], (...all) => begin(form, ...all));
    }
  });
}

// What is typed into the settings holds once it was checked, and its cost told: a start leads there.
function isChanged(control) {
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  const first = Math.max(0, [...control.options].findIndex((each) => each.defaultSelected));
  return control.selectedIndex !== first;
}
function changedSettings() {
  const settings = document.querySelector("form.settings");
  const controls = [...settings?.querySelectorAll("input, select") ?? []];
  return controls.some(isChanged) ? settings : null;
}
document.addEventListener("input", (event) => {
  const unchecked = document.getElementById("unchecked");
  if (unchecked && event.target.closest("form.settings")) unchecked.hidden = !changedSettings();
});
document.addEventListener("submit", (event) => {
  const settings = event.target.hasAttribute("data-start") ? changedSettings() : null;
  if (!settings) return;
  event.preventDefault();
  settings.requestSubmit();
});
