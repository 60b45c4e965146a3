/*
 * Asks who is on watch, from time to time, to press one key. The server says when; nothing moves before that, and
 * without a script the button stands in the page that is loaded next.
 */
const form = document.querySelector("[data-presence]");

if (form) {
  let timer = 0;
  const wait = (seconds) => {
    clearTimeout(timer);
    form.hidden = seconds > 0;
    if (seconds > 0) timer = setTimeout(() => wait(0), seconds * 1000);
  };
  const confirm = async () => {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Partial": "1" },
      });
      if (!answer.ok || answer.redirected) return location.reload();
      const { again_s: again } = await answer.json();
      if (again === null) location.reload();
      else wait(Math.max(1, again));
    } catch {
      // The network is away: the question stays, and the next press tries again.
    }
  };
  const isTyping = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm();
  });
  document.addEventListener("keydown", (event) => {
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.repeat);
    if (form.hidden || !isPlain || event.key.toLowerCase() !== "p" || isTyping(event.target)) return;
    event.preventDefault();
    confirm();
  });
  wait(Number(form.dataset.waitS));
}
