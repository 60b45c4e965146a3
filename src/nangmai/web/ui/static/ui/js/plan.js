/*
 * Puts a camera on its floor plan: a click fills the distances of the form, and what stands in the form is drawn.
 * Without it the figures alone do.
 */
const plan = document.querySelector("[data-plan]");
const form = document.querySelector("[data-plan-form]");

if (plan && form) {
  const { camera, x, y } = form.elements;
  const { width, height } = plan.viewBox.baseVal;
  const aim = document.createElementNS("http://www.w3.org/2000/svg", "path");
  aim.setAttribute("d", "M-14 0h10M4 0h10M0-14v10M0 4v10");
  aim.setAttribute("class", "aim");
  plan.append(aim);

  const draw = () => {
    const isThere = x.value !== "" && y.value !== "";
    aim.setAttribute("visibility", isThere ? "visible" : "hidden");
    if (!isThere) return;
    const at = `${(x.value / 100) * width} ${(y.value / 100) * height}`;
    aim.setAttribute("transform", `translate(${at}) scale(${plan.dataset.mark})`);
  };
  const known = () => {
    const spot = plan.querySelector(`[data-camera="${camera.value}"]`)?.parentNode.transform.baseVal[0].matrix;
    x.value = spot ? ((100 * spot.e) / width).toFixed(1) : "";
    y.value = spot ? ((100 * spot.f) / height).toFixed(1) : "";
    draw();
  };

  plan.classList.add("is-open");
  plan.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const box = plan.getBoundingClientRect();
    x.value = ((100 * (event.clientX - box.left)) / box.width).toFixed(1);
    y.value = ((100 * (event.clientY - box.top)) / box.height).toFixed(1);
    draw();
    form.querySelector("button[type=submit]").focus();
  });
  camera.addEventListener("change", known);
  for (const field of [x, y]) field.addEventListener("input", draw);
  if (!x.value) known();
  draw();
}
