// A file of new rows: dropped or chosen, uploaded with its progress, and cancelled if so wished.
// The form sends the same without this.

const form = document.getElementById("upload");
const input = form.querySelector("input[type=file]");
const button = form.querySelector("button:not([type=button])");
const cancel = document.getElementById("cancel");
const sent = document.getElementById("sent");
const said = document.getElementById("said");
const words = said.dataset; // the form's own is its field of that name
let request = null;

function atRest(text) {
  request = null;
  button.disabled = false;
  cancel.hidden = sent.hidden = true;
  said.textContent = text;
}

// What the page says that was answered: the sentence in it that tells of trouble.
function reason(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("main .bad")?.textContent.trim() || words.failed;
}

function send() {
  if (request) return;
  request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    sent.value = event.loaded / event.total;
    said.textContent = event.loaded < event.total
      ? `${words.sending} ${Math.floor(100 * sent.value)} %` : words.arrived;
  });
  request.addEventListener("load", () => {
    const { status, responseURL, responseText } = request;
    atRest(status < 400 ? words.arrived : reason(responseText));
    if (status < 400) location.assign(responseURL);
  });
  request.addEventListener("error", () => atRest(words.failed));
  request.addEventListener("abort", () => atRest(words.cancelled));
  request.open("POST", form.action);
  request.send(new FormData(form));
  button.disabled = true;
  cancel.hidden = sent.hidden = false;
  sent.value = 0;
  said.textContent = words.sending;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
cancel.addEventListener("click", () => request?.abort());

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  form.addEventListener(name, () => form.classList.remove("over"));
}
form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (request || event.dataTransfer.files.length !== 1) return;
  input.files = event.dataTransfer.files;
  send();
});
// A page that is left while it sends would stop sending.
window.addEventListener("beforeunload", (event) => {
  if (request) event.preventDefault();
});
