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
export function mark(guest, words, { left = false, waiting = false, first = "", again = "", present = 0 } = {}) {
  const party = Number(guest.dataset.party);
  const came = present || Number(guest.dataset.present) || party;
  guest.classList.add("guest--here");
  guest.dataset.first = first;
  const state = guest.querySelector("[data-state]");
  const tag = (text, kind) => Object.assign(document.createElement("span"), { className: `state state--${kind}`, textContent: text });
  state.replaceChildren(tag(words, waiting ? "wait" : "ok"), ...(left ? [" ", tag("退場", "off")] : []));
  if (party > 1) state.append(" ", Object.assign(document.createElement("span"), { className: "meta", textContent: came === party ? `${party}人全員` : `${party}人のうち${came}人` }));
  if (again) state.append(" ", Object.assign(document.createElement("span"), { className: "meta", textContent: again }));
  if (guest.dataset.left === String(left) && guest.dataset.present === String(came)) return;
  guest.dataset.left = String(left);
  guest.dataset.present = String(came);
  const buttons = guest.querySelector(".guest__buttons");
  const button = (name, label) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "submit", name, value: guest.dataset.guest, textContent: label });
    made.className = "button button--quiet button--small";
    return made;
  };
  const undo = button("undo", "受付を取り消す");
  undo.dataset.onlineOnly = "";
  const count = party > 1 ? [counter(guest, party, came, button("count", "人数を直す"))] : [];
  buttons.replaceChildren(...count, button(left ? "back" : "leave", left ? "退場を取り消す" : "退場"), undo);
}

// How many of a group came, to be put right: only the server may, so only with network.
function counter(guest, party, came, button) {
  const made = Object.assign(document.createElement("span"), { className: "guest__count" });
  const label = Object.assign(document.createElement("label"), { className: "guest__present" });
  const select = Object.assign(document.createElement("select"), { className: "field__input field__input--select", name: `present.${guest.dataset.guest}` });
  for (let n = party; n > 0; n -= 1) select.append(new Option(String(n), String(n), n === came, n === came));
  label.append(Object.assign(document.createElement("span"), { textContent: "来た人数" }), select);
  button.dataset.onlineOnly = "";
  made.append(label, button);
  return made;
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
