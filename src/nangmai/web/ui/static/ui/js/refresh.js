/*
 * Keeps [data-refresh-s] true: asks for the same address as a partial page and puts it in place when it changed.
 * Waits while nobody looks, and never takes the focus away from a link inside.
 */
for (const region of document.querySelectorAll("[data-refresh-s]")) {
  const periodMs = Number(region.dataset.refreshS) * 1000;
  let last = "";
  const refresh = async () => {
    if (document.hidden || region.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Partial": "1" } });
      if (answer.redirected) location.reload();
      if (!answer.ok) return;
      const text = await answer.text();
      if (text !== last) region.innerHTML = text;
      last = text;
    } catch {
      // The network is away; the next round asks again.
    }
  };
  setInterval(refresh, periodMs);
}
