// Says five minutes before the hour is over that the sign-in will end, and extends it without leaving the page.
const LIFE = 60 * 60 * 1000;
const EARLY = 5 * 60 * 1000;
const warning = document.querySelector("[data-session-warning]");
const form = document.querySelector("form[data-session-extend]");
let timers = [];

function start() {
  timers.forEach(clearTimeout);
  timers = [
    setTimeout(() => say("あと5分でサインインが終了します。続けるときは「延長する」を押してください。"), LIFE - EARLY),
    setTimeout(() => say("サインインが終了しました。入力した内容を控えてから、サインインし直してください。"), LIFE),
  ];
}

function say(words) {
  warning.textContent = words;
}

async function extend(event) {
  event.preventDefault();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    say("延長しました。これから60分続きます。");
    start();
  } catch {
    say("延長できませんでした。入力した内容を控えてから、サインインし直してください。");
  }
}

if (warning && form) {
  form.addEventListener("submit", extend);
  start();
}
