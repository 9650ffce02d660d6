// Typing in a paper form: Enter goes on, what is left is looked at by the server, nothing typed is ever overwritten.
const form = document.querySelector("form[data-intake]");
const save = form?.querySelector("[data-save]");
const LOOKED_AT = new Set([
  "name", "kana", "corporate_number", "postal_code", "address", "phone", "mobile", "fax", "email",
  "representative_name", "representative_kana", "contact_name", "contact_kana",
]);
const KANA_OF = { name: "kana", representative_name: "representative_kana", contact_name: "contact_kana" };
const last = {};

function field(name) {
  return form.elements.namedItem(name);
}

// One stop for each field; a group of boxes is one, entered at its first box.
function stops() {
  const seen = new Set();
  return [...form.querySelectorAll("input, select, textarea, summary, button[data-save]")].filter((each) => {
    if (each.type === "hidden" || each.tabIndex < 0 || !each.checkVisibility()) return false;
    const group = each.type === "checkbox" || each.type === "radio" ? each.name : null;
    if (group && seen.has(group)) return false;
    seen.add(group);
    return true;
  });
}

function move(from, step) {
  const all = stops();
  const first = from.type === "checkbox" ? all.find((each) => each.name === from.name) : from;
  const next = all[all.indexOf(first ?? from) + step];
  next?.focus();
  if (next?.select && next.type !== "file") next.select();
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const here = event.target;
  const enter = event.key === "Enter";
  // Alt+S is also the button's access key; browsers differ in whether they press it or only go there.
  if ((enter && (event.ctrlKey || event.metaKey)) || (event.altKey && event.code === "KeyS")) {
    event.preventDefault();
    form.requestSubmit(save);
    return;
  }
  if (!enter || here.matches("textarea, button, summary, a, [type=file]")) return;
  event.preventDefault();
  if (!event.shiftKey) accept(here);
  move(here, event.shiftKey ? -1 : 1);
}

function suggestion(name) {
  return form.querySelector(`[data-reading="${name}"]`);
}

function accept(input) {
  const place = suggestion(input.name);
  if (place?.dataset.value && !input.value) input.value = place.dataset.value;
  if (place) suggest(input.name, "");
}

function suggest(name, reading) {
  const place = suggestion(name);
  place.replaceChildren();
  place.dataset.value = reading;
  if (!reading || field(name).value) return;
  const use = document.createElement("button");
  use.type = "button";
  use.tabIndex = -1;
  use.textContent = "この読みにする";
  use.addEventListener("click", () => { accept(field(name)); field(name).focus(); });
  place.append(`読みの候補：${reading}（空のまま Enter でも入ります）`, use);
}

function complain(input, problem) {
  const id = `${input.name}-error`;
  const holder = input.closest(".field");
  holder.querySelector(".field__error")?.remove();
  holder.classList.toggle("field--wrong", Boolean(problem));
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  if (problem) {
    const words = Object.assign(document.createElement("p"), { className: "field__error", id, textContent: problem });
    words.setAttribute("role", "alert");
    input.before(words);
    input.setAttribute("aria-invalid", "true");
    others.push(id);
  } else {
    input.removeAttribute("aria-invalid");
  }
  if (others.length) input.setAttribute("aria-describedby", others.join(" "));
  else input.removeAttribute("aria-describedby");
}

async function look(input) {
  const typed = input.value;
  if (last[input.name] === typed) return;
  last[input.name] = typed;
  const data = new FormData(form);
  data.delete("scan");
  data.set("field", input.name);
  let answer;
  try {
    const response = await fetch(form.dataset.look, { method: "POST", body: new URLSearchParams(data) });
    if (!response.ok || response.redirected) return;
    answer = await response.json();
  } catch {
    return; // Without an answer everything is looked at when it is saved.
  }
  if (input.value !== typed) return;
  show(input, answer);
}

function show(input, answer) {
  if ("problem" in answer || !input.value) complain(input, answer.problem);
  if (answer.value && document.activeElement !== input) input.value = last[input.name] = answer.value;
  if ("reading" in answer) suggest(KANA_OF[input.name], answer.reading);
  if (answer.address) fill(answer.address);
  if ("alike" in answer) form.querySelector("[data-alike]").innerHTML = answer.alike;
}

function fill(found) {
  const address = field("address");
  const place = field("municipality_code");
  if (!address.value || address.value === address.dataset.filled) address.value = address.dataset.filled = found.address;
  if (document.activeElement === address) address.setSelectionRange(address.value.length, address.value.length);
  const option = place && [...place.options].find((each) => each.value && each.value === found.municipality_code);
  if (option) place.value = option.value;
}

if (form) {
  form.addEventListener("keydown", onKey);
  form.addEventListener("focusout", (event) => { if (LOOKED_AT.has(event.target.name)) look(event.target); });
  form.querySelectorAll("[data-plain]").forEach((each) => { each.hidden = true; });
  document.querySelector("[data-keys]").hidden = false;
  if (!document.querySelector(".error-summary")) field("name").focus();
}
