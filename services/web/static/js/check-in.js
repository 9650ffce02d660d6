// The door of an event: reads tickets, goes on without network, sends later. Every scan has an id of its own and counts once.
const door = document.querySelector("[data-door]");
const { forget, forgetScan, keepScan, keepState, refusedOf, scansOf, stateOf } = await import(door.dataset.store);
const { guestOf, guests, hasSeat, mark, nameOf, search } = await import(door.dataset.list);
const event = door.dataset.door;
const here = location.pathname;
const ticketForm = door.querySelector("[data-ticket-form]");
const ticket = ticketForm.elements.ticket;
const place = ticketForm.elements.place;
const said = door.querySelector("[data-said]");
const line = door.querySelector("[data-line]");
const refused = Object.assign(document.createElement("div"), { className: "notice notice--warn", hidden: true });
refused.dataset.refused = "";
line.after(refused);
const EVERY = 20_000;
const REFUSED = {
  WAITLISTED: "キャンセル待ちの方です。席は確定していません。",
  CANCELLED: "この申込は取り消されています。",
};
let online = navigator.onLine;
let sending = null;
let pageKept = null;
let unsent = [];
// By scan; whichever run of `send` has taken it along.
const answered = new Map();
// Scans of which somebody was told that they would be sent later.
const told = new Set();

const now = () => new Date().toISOString();
const clock = (moment) => new Date(moment).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });

function say(kind, who, what) {
  const box = Object.assign(document.createElement("div"), { className: `said said--${kind}` });
  if (who) box.append(Object.assign(document.createElement("p"), { className: "said__who", textContent: `${who}さん` }));
  box.append(Object.assign(document.createElement("p"), { className: "said__what", textContent: what }));
  said.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

async function come(given, manner, guest, present) {
  if (guest && !guest.classList.contains("guest--here")) {
    if (REFUSED[guest.dataset.status] && !online) return say("no", nameOf(guest), REFUSED[guest.dataset.status]);
    if ("online" in guest.dataset && !online) return say("no", nameOf(guest), "オンラインで申し込んだ方です。");
  } else if (guest && !online) {
    return say("no", nameOf(guest), `すでに受け付けています。${guest.dataset.first}`);
  }
  await take({ given, manner, present, act: "COME" }, guest);
}

async function take(done, guest) {
  const scan = { id: crypto.randomUUID(), event, at: now(), guest: guest?.dataset.guest ?? null, ...done };
  await keepScan(scan);
  unsent.push(scan);
  show(scan);
  await send();
  const result = answered.get(scan.id);
  if (result) {
    const who = nameOf(guests.get(result.guest) ?? guest);
    say(result.outcome === "ADMITTED" ? "yes" : "no", who, result.message);
    if (["WAITING", "ONLINE"].includes(result.outcome)) offerSeat(result.guest);
    return;
  }
  told.add(scan.id);
  if (guest) {
    const words = scan.act === "LEAVE" ? "退場を記録しました" : "受け付けました";
    say("later", nameOf(guest), `${words}（未送信。つながると送ります）。`);
  } else {
    say("later", "", "名簿にない受付票です。記録しました。つながったときに確かめます。");
  }
}

function offerSeat(id) {
  const button = document.createElement("button");
  Object.assign(button, { className: "button", type: "submit", name: "admit", value: id, textContent: "席があれば会場で受け付ける" });
  button.setAttribute("form", "list-form");
  said.firstElementChild.append(button);
}

// The own scans that are not sent yet lie over what the server said last.
function show(scan) {
  const guest = guests.get(scan.guest);
  if (!guest) return count();
  const first = `最初の受付は${clock(scan.at)}、この端末です（未送信）。`;
  const left = scan.act === "LEAVE";
  if (left) mark(guest, guest.querySelector(".state")?.textContent ?? "来場", { left, first: guest.dataset.first });
  else if (!guest.classList.contains("guest--here") && hasSeat(guest)) mark(guest, `${clock(scan.at)}来場（未送信）`, { waiting: true, first, present: scan.present ?? Number(guest.dataset.party) });
  count();
}

function count() {
  line.hidden = false;
  line.classList.toggle("notice--warn", !online || unsent.length > 0);
  line.querySelector("[data-network]").textContent = online ? "つながっています。" : "電波がありません。受付は続けられます。";
  line.querySelector("[data-waiting]").textContent = unsent.length ? `未送信 ${unsent.length}件` : "未送信はありません。";
  door.querySelectorAll("[data-online-only]").forEach((each) => {
    each.toggleAttribute("disabled", !online);
    each.classList.toggle("visually-hidden", !online && each.tagName === "A");
  });
}

function apply(state) {
  for (const [name, value] of Object.entries(state.counts)) {
    const shown = door.querySelector(`[data-count="${name}"]`);
    if (shown) shown.textContent = value;
  }
  let strange = false;
  for (const each of state.guests) {
    const guest = guests.get(each.id);
    if (!guest) strange = true;
    else if (each.words) mark(guest, each.words, each);
    else if (guest.classList.contains("guest--here") || guest.dataset.status !== each.status) strange = true;
  }
  unsent.forEach(show);
  count();
  return strange;
}

async function ask(path, options) {
  const answer = await fetch(path, { redirect: "manual", cache: "no-store", ...options });
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    say("no", "", "サインインが終わっています。記録はこの端末に残っています。サインインし直すと送られます。");
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// One at a time; what is scanned meanwhile goes with the next.
function send() {
  sending = (sending ?? Promise.resolve()).then(sendNow, sendNow);
  return sending;
}

async function sendNow() {
  try {
    let state = await ask(`${here}/state.json`);
    if (!state) return;
    online = true;
    unsent = await scansOf(event);
    while (unsent.length) {
      const scans = unsent.slice(0, 50).map(({ id, given, at, act, manner, present }) => ({ id, given, at, act, manner, present }));
      const body = JSON.stringify({ csrf: state.csrf, place: place.value, scans });
      state = await ask(`${here}/sync`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      if (!state) return;
      for (const result of state.results) {
        answered.set(result.id, result);
        const scan = unsent.find((each) => each.id === result.id);
        if (told.has(result.id) || late(scan)) await keepRefused(scan, result);
        else await forgetScan(result.id);
      }
      await showRefused();
      tell(unsent, state.results);
      unsent = await scansOf(event);
      if (!state.results.length) break;
    }
    await keepState(event, { counts: state.counts, guests: state.guests });
    if (apply(state)) offerReload();
    pageKept ??= keepPage();
  } catch {
    online = false;
    count();
  }
}

const late = (scan) => Date.now() - Date.parse(scan.at) > 5000;

// Nobody saw the answer: what was not taken stays on the tablet until it is read, and says why.
async function keepRefused(scan, result) {
  if (["ADMITTED", "ALREADY"].includes(result.outcome)) await forgetScan(scan.id);
  else await keepScan({ ...scan, guest: result.guest ?? scan.guest, refused: result.message });
}

async function showRefused() {
  const rows = (await refusedOf(event)).map((scan) => {
    const row = document.createElement("p");
    const read = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet button--small", textContent: "確かめた" });
    read.addEventListener("click", async () => { await forgetScan(scan.id); await showRefused(); });
    row.append(`${clock(scan.at)}　${nameOf(guests.get(scan.guest)) || `受付票 ${scan.given}`}: ${scan.refused} `, read);
    return row;
  });
  const title = Object.assign(document.createElement("p"), { textContent: "送りましたが、記録されなかったものがあります。" });
  refused.replaceChildren(...(rows.length ? [title, ...rows] : []));
  refused.hidden = !rows.length;
}

// What became of scans that had to wait: those that were not admitted are said one by one.
function tell(sent, results) {
  const waited = results.filter((each) => told.has(each.id) || late(sent.find((scan) => scan.id === each.id)));
  const not = waited.filter((each) => each.outcome !== "ADMITTED" || each.message.includes("こちらが先"));
  if (!waited.length) return;
  const lines = not.map((each) => `${nameOf(guests.get(each.guest)) || "受付票"}: ${each.message}`);
  say(not.length ? "later" : "yes", "", [`${waited.length}件を送りました。`, ...lines].join(" "));
}

function offerReload() {
  if (door.querySelector("[data-reload]")) return;
  const again = Object.assign(document.createElement("a"), { href: here, textContent: "名簿が新しくなりました。読み直す" });
  again.dataset.reload = "";
  line.append(again);
}

async function pressed(event) {
  const button = event.submitter;
  const guest = button?.closest("[data-guest]");
  door.querySelector("#list-form").elements.place.value = place.value;
  if (!guest || !["arrive", "leave"].includes(button.name)) {
    if (!online) { event.preventDefault(); say("no", "", "この操作は、電波のある所で行ってください。"); }
    return;
  }
  event.preventDefault();
  const chosen = guest.querySelector("select");
  const present = chosen ? Number(chosen.value) : null;
  if (button.name === "leave") await take({ given: guest.dataset.code, manner: "LIST", act: "LEAVE" }, guest);
  else await come(guest.dataset.code, "LIST", guest, present);
}

async function read(given, manner) {
  if (!given.trim()) return;
  await come(given.trim(), manner, guestOf(given), null);
}

// The field is free at once: a scanner does not wait for the network.
function typed(event) {
  event.preventDefault();
  const given = ticket.value;
  ticket.value = "";
  ticket.focus();
  read(given, "QR");
}

async function offerCamera() {
  const button = door.querySelector("[data-camera]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  const { watch } = await import(door.dataset.camera);
  button.hidden = false;
  button.addEventListener("click", () => watch(button, door.querySelector("[data-video]"), read, say));
}

async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(door.dataset.worker, { scope: here });
    const { active } = await navigator.serviceWorker.ready;
    const dress = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]")];
    const addresses = [...dress.map((each) => each.href || each.src), door.dataset.store, door.dataset.list, door.dataset.camera];
    active.postMessage({ keep: [...new Set(addresses)] });
  } catch {
    // Without network the page stands as it was kept; where workers are switched off, it lasts until it is closed.
  }
}

place.value ||= localStorage.getItem("check-in-place") ?? "";
place.addEventListener("change", () => localStorage.setItem("check-in-place", place.value));
ticketForm.addEventListener("submit", typed);
door.querySelector("[data-list-form]")?.addEventListener("submit", pressed);
door.querySelector("[data-search-form]").addEventListener("submit", search);
door.querySelector("#q").addEventListener("input", search);
door.querySelector("#show").addEventListener("change", search);
document.addEventListener("keydown", ({ key, target }) => {
  if (key.length === 1 && target === document.body) ticket.focus(); // a scanner that types
});
window.addEventListener("online", send);
window.addEventListener("offline", () => { online = false; count(); });

await forget();
unsent = await scansOf(event);
const kept = await stateOf(event);
if (kept) apply(kept);
count();
await showRefused();
offerCamera();
await send();
setInterval(() => { if (document.visibilityState === "visible") send(); }, EVERY);
