/*
 * Fills [data-completeness] with one bar a day, from the recorder's own figures. The figures show no pictures, so any
 * ticket that names the camera will do (docs/design/http.md). Stays hidden when there is nothing to show.
 */
const DAYS = 30;
const US_PER_DAY = 86_400_000_000;

async function askTicket(config, camera) {
  const answer = await fetch(config.ticket_url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify({ right: "live", recorder: camera.recorder, cameras: [camera.id] }),
  });
  return answer.ok ? (await answer.json()).ticket : null;
}

async function days(config, camera) {
  const ticket = await askTicket(config, camera);
  if (!ticket) return [];
  const nowUs = Date.now() * 1000;
  const query = new URLSearchParams({ from: Math.floor(nowUs - DAYS * US_PER_DAY), to: Math.floor(nowUs), zone: config.zone });
  const answer = await fetch(`${camera.base}/playback/${camera.id}/completeness?${query}`, {
    headers: { Authorization: `Bearer ${ticket}` },
  });
  return answer.ok ? answer.json() : [];
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function duration(us) {
  const seconds = Math.round(us / 1e6);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function dayItem(config, day) {
  const share = day.expected_us > 0 ? Math.min(1, day.recorded_us / day.expected_us) : 0;
  const percent = share === 1 ? "100 %" : `${(Math.floor(share * 1000) / 10).toLocaleString(config.locale)} %`;
  const fill = element("i");
  fill.style.blockSize = `${share * 100}%`;
  const label = day.day.slice(8).replace(/^0/, "");
  const bar = element("summary", {}, element("span", { className: "bar" }, fill), label);
  const causes = Object.entries(day.gaps).map(([cause, us]) => `${config.texts[`cause_${cause}`] ?? cause}: ${duration(us)}`);
  const sentence = [day.day, percent, ...causes].join(" · ");
  bar.title = sentence;
  bar.setAttribute("aria-label", sentence);
  return element("li", {}, element("details", { name: "day" }, bar, element("p", { className: "day-detail", textContent: sentence })));
}

for (const section of document.querySelectorAll("[data-completeness]")) {
  const config = JSON.parse(section.dataset.config);
  const shown = (await days(config, config.cameras[0])).filter((day) => day.expected_us > 0);
  section.querySelector(".strip").replaceChildren(...shown.map((day) => dayItem(config, day)));
  section.hidden = shown.length === 0;
}
