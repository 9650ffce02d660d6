// Brings the progress of long work up to date without reloading, and the next page when it is done.
const shown = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
    if (!next) {
      location.reload();
      return;
    }
    if (next.textContent !== shown.textContent) shown.replaceChildren(...next.childNodes);
    setTimeout(look, 1000);
  } catch {
    setTimeout(look, 5000);
  }
}

if (shown) setTimeout(look, 1000);
