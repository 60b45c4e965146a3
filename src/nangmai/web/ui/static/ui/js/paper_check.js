// The page behind a QR code: a PDF is hashed in the browser and compared with what was issued. Nothing is sent.
const card = document.querySelector("[data-paper-check]");
const hashes = JSON.parse(card.dataset.paperCheck);

function answer(name) {
  for (const notice of card.querySelectorAll("[data-answer]")) {
    notice.hidden = notice.dataset.answer !== name;
  }
}

async function compare(file) {
  if (!crypto.subtle) {
    answer("unable");
    return;
  }
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  answer(hash === card.dataset.latest ? "same" : hashes.includes(hash) ? "earlier" : "other");
}

card.querySelector("input[type=file]").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) compare(file);
});
card.addEventListener("dragover", (event) => event.preventDefault());
card.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) compare(file);
});
