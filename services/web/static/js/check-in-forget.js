// On the page after signing out: the tablet forgets the lists of all doors. Scans that were not sent yet stay, without names.
const { forget } = await import(document.querySelector("script[data-store]").dataset.store);

if (navigator.serviceWorker) {
  const registrations = await navigator.serviceWorker.getRegistrations();
  const doors = registrations.filter((each) => each.scope.endsWith("/check-in"));
  await Promise.all(doors.map((each) => each.unregister()));
  if (doors.length || (await caches.keys()).length) await forget(0);
}
