// Keeps the page of one door, so that it opens without network: for 24 hours, and until somebody signs out.
const DAY = 24 * 60 * 60 * 1000;
const PATIENCE = 6000;
const PAGE = new URL(self.registration.scope).pathname;
const KEPT = `check-in-${PAGE}`;
const STAMP = "/kept-at";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepAll(event.data.keep));
});

// The page and what it is dressed with, as it is now.
async function keepAll(addresses) {
  const page = await fetch(PAGE, { credentials: "same-origin" });
  if (!page.ok || page.redirected) return;
  const kept = await caches.open(KEPT);
  await kept.put(PAGE, page);
  await kept.put(STAMP, new Response(String(Date.now())));
  await Promise.all(addresses.map((each) => kept.add(each).catch(() => undefined)));
}

async function freshCache() {
  if (!(await caches.has(KEPT))) return null;
  const kept = await caches.open(KEPT);
  const stamp = await kept.match(STAMP);
  if (stamp && Date.now() - Number(await stamp.text()) < DAY) return kept;
  await caches.delete(KEPT);
  return null;
}

async function openDoor(request) {
  const fromNetwork = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const answer = await Promise.race([fromNetwork, late]);
    if (answer) return answer;
  } catch {
    // Without network the kept page is opened.
  }
  const kept = await freshCache();
  return (await kept?.match(PAGE)) ?? fromNetwork;
}

async function dress(request) {
  const kept = await freshCache();
  return (await kept?.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (address.pathname === PAGE) event.respondWith(openDoor(event.request));
  } else if (/^\/(static|media)\/|^\/theme\.css$/.test(address.pathname)) {
    event.respondWith(dress(event.request));
  }
});
