// A state's details open when its box is chosen.

function open() {
  const chosen = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = chosen; at; at = at.parentElement) {
    if (at.tagName === "DETAILS") at.open = true;
  }
  chosen?.scrollIntoView({ block: "nearest" });
}

addEventListener("hashchange", open);
if (location.hash) open();
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("svg a");
  if (link && link.getAttribute("href") === location.hash) open();
});
