// What the door keeps on the tablet: scans that are not sent yet, and the last state of the list. Names stand in neither.
const NAME = "tsunagari-check-in";
const DAY = 24 * 60 * 60 * 1000;
export const CACHES = "check-in-";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("scans", { keyPath: "id" });
      asked.result.createObjectStore("states", { keyPath: "event" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(store, mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keepScan = (scan) => inStore("scans", "readwrite", (store) => store.put(scan));
export const forgetScan = (id) => inStore("scans", "readwrite", (store) => store.delete(id));
export const keepState = (event, state) =>
  inStore("states", "readwrite", (store) => store.put({ event, state, keptAt: Date.now() }));

async function keptOf(event) {
  const all = await inStore("scans", "readonly", (store) => store.getAll());
  return all.filter((each) => each.event === event).sort((one, other) => one.at.localeCompare(other.at));
}

// Those to be sent, and those that were sent and not taken: `refused` says why, until somebody has read it.
export const scansOf = async (event) => (await keptOf(event)).filter((each) => !each.refused);
export const refusedOf = async (event) => (await keptOf(event)).filter((each) => each.refused);

export async function stateOf(event) {
  const kept = await inStore("states", "readonly", (store) => store.get(event));
  return kept && Date.now() - kept.keptAt < DAY ? kept.state : null;
}

// Lists and states older than `age` milliseconds go, everything with 0. Scans that were not sent stay: they are the only record.
export async function forget(age = DAY) {
  const before = Date.now() - age;
  const states = await inStore("states", "readonly", (store) => store.getAll());
  for (const each of states) {
    if (each.keptAt <= before) await inStore("states", "readwrite", (store) => store.delete(each.event));
  }
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHES)) continue;
    const kept = await caches.open(name);
    const stamp = await kept.match("/kept-at");
    if (!stamp || Number(await stamp.text()) <= before) await caches.delete(name);
  }
}
