// The list at the door: whom a ticket means, what is said of everybody, and the search in it.
const door = document.querySelector("[data-door]");
export const guests = new Map([...door.querySelectorAll("[data-guest]")].map((each) => [each.dataset.guest, each]));
const plain = (text) => text.normalize("NFKC").toLowerCase();

export function nameOf(guest) {
  return guest ? guest.querySelector(".guest__name").textContent.trim().replace(/\s+/g, " ") : "";
}

export function guestOf(given) {
  const bare = plain(given).replace(/[\s\-‐ー]/g, "").split(/[/=]/).pop().toUpperCase();
  const all = [...guests.values()];
  if (/^\d{1,6}$/.test(bare)) return all.find((each) => Number(each.dataset.number) === Number(bare));
  return all.find((each) => each.dataset.code === bare);
}

// Of anybody else only the server knows whether there is a seat.
export const hasSeat = (guest) => guest.dataset.status === "CONFIRMED" && !("online" in guest.dataset);

// What the list says of somebody now; `waiting` is not sent yet.
export function mark(guest, words, { left = false, waiting = false, first = "", again = "" } = {}) {
  guest.classList.add("guest--here");
  guest.dataset.first = first;
  const state = guest.querySelector("[data-state]");
  const tag = (text, kind) => Object.assign(document.createElement("span"), { className: `state state--${kind}`, textContent: text });
  state.replaceChildren(tag(words, waiting ? "wait" : "ok"), ...(left ? [" ", tag("退場", "off")] : []));
  if (again) state.append(" ", Object.assign(document.createElement("span"), { className: "meta", textContent: again }));
  if (guest.dataset.left === String(left)) return;
  guest.dataset.left = String(left);
  const buttons = guest.querySelector(".guest__buttons");
  const button = (name, label) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "submit", name, value: guest.dataset.guest, textContent: label });
    made.className = "button button--quiet button--small";
    return made;
  };
  const undo = button("undo", "受付を取り消す");
  undo.dataset.onlineOnly = "";
  buttons.replaceChildren(button(left ? "back" : "leave", left ? "退場を取り消す" : "退場"), undo);
}

export function search(event) {
  event?.preventDefault();
  const words = plain(door.querySelector("#q").value.trim());
  const wanted = door.querySelector("#show").value;
  let found = 0;
  for (const guest of guests.values()) {
    const here = guest.classList.contains("guest--here");
    const shown = plain(guest.querySelector(".guest__who").textContent).includes(words)
      && (wanted === "ALL" || (wanted === "COME" ? here : !here && guest.dataset.status === "CONFIRMED"));
    guest.hidden = !shown;
    found += shown ? 1 : 0;
  }
  door.querySelector("[data-found]").textContent = `${found}件`;
}
