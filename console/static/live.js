// Brings the parts of a page anew that an element with data-live names the events of, and says so
// when the console does not answer any more.

const trouble = document.getElementById("trouble");

function tell(text) {
  if (trouble.textContent !== text) trouble.textContent = text;
  trouble.hidden = !text;
}

// What the person has opened, is in, has typed, or has scrolled stays as it is.
function renew(old, html) {
  const made = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (!made) return;
  // A table's rows need a table around them to be read as what they are.
  for (const open of old.querySelectorAll("details[open][id]")) {
    made.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  for (const chosen of old.querySelectorAll("input[type=checkbox][id]")) {
    const box = made.querySelector(`#${CSS.escape(chosen.id)}`);
    if (box) box.checked = chosen.checked;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = [...old.querySelectorAll("[data-scrolled][id]")].map((each) => {
    const isAtEnd = each.scrollTop + each.clientHeight >= each.scrollHeight - 4;
    return [each.id, isAtEnd ? Infinity : each.scrollTop];
  });
  const there = document.importNode(made, true);
  old.replaceWith(there);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const [id, top] of scrolled) {
    const each = document.getElementById(id);
    if (each) each.scrollTop = top === Infinity ? each.scrollHeight : top;
  }
}

// A press that ends on something else than it began on is no click, so what is new waits for its end.
const waiting = new Map();
let isPressed = false;

function renewAll() {
  if (isPressed) return;
  for (const [id, html] of waiting) {
    const old = document.getElementById(id);
    if (old) renew(old, html);
  }
  waiting.clear();
}

addEventListener("pointerdown", () => { isPressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    isPressed = false;
    setTimeout(renewAll); // once the click that the press makes has come
  }, true);
}

// A browser has six connections to a host for all its tabs together, and these stay open: so only
// the tabs that are looked at have one, and the others come anew when somebody returns to them.
function follow(address) {
  let events = null;
  let timer = 0;

  function open() {
    if (events || document.hidden) return;
    const opened = events = new EventSource(address);
    opened.addEventListener("parts", (event) => {
      tell("");
      for (const [id, html] of Object.entries(JSON.parse(event.data))) waiting.set(id, html);
      renewAll();
    });
    opened.addEventListener("trouble", (event) => tell(JSON.parse(event.data)));
    opened.addEventListener("open", () => tell(""));
    opened.addEventListener("error", () => {
      tell(trouble.dataset.lost);
      // A browser tries again by itself unless it was answered with something else than events.
      if (opened.readyState !== EventSource.CLOSED || events !== opened) return;
      events = null;
      timer = setTimeout(open, 2000);
    });
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) {
      open();
    } else {
      events?.close();
      events = null;
    }
  });
  open();
}

for (const each of document.querySelectorAll("[data-live]")) follow(each.dataset.live);
