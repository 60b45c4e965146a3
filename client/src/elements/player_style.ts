/** The review player's style; colours and sizes come from the page's tokens. */

import { KEYS_STYLE, styleSheet } from "./dom";
import { FITTED_STYLE } from "./fitted_grid";

export const PLAYER_STYLE = styleSheet(`${KEYS_STYLE}${FITTED_STYLE}
:host { display: flex; flex-direction: column; gap: var(--space-2); min-block-size: 70vh; color: var(--text);
  font: var(--size-14)/var(--line-height) var(--font); }
:host(:fullscreen) { background: var(--ground); padding: var(--space-2); }
.stage { min-block-size: min(200px, 24vh); background: #000; }
.camera { container-type: size; position: relative; overflow: hidden; background: #000; min-inline-size: 0; min-block-size: 0; }
.camera > div:first-child { position: absolute; inset: 0; }
.camera :is(video, canvas, img) { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain; }
.camera canvas[hidden] { display: none; }
.camera[data-empty] :is(video, canvas, .watermark) { visibility: hidden; }
.camera p { position: absolute; margin: 0; padding: 2px var(--space-2); font-size: var(--size-12); background: var(--scrim); color: #f2efe8; }
.camera p:empty { display: none; }
.camera .name { inset: auto auto 0 0; border-start-end-radius: var(--radius); }
.camera .note { inset: 0 0 auto auto; border-end-start-radius: var(--radius); }
.camera .nothing { inset: 50% auto auto 50%; translate: -50% -50%; border-radius: var(--radius); inline-size: max-content; max-inline-size: 92%;
  font-size: clamp(var(--size-12), 4cqmin, var(--size-16)); text-align: center; text-wrap: balance; }
.watermark { position: absolute; inset: 0; pointer-events: none; display: grid; place-content: center; z-index: 2; overflow: hidden;
  color: rgb(255 255 255 / 40%); text-shadow: 0 0 2px rgb(0 0 0 / 60%); font-size: clamp(9px, 4.5cqmin, 24px); text-align: center; rotate: -12deg;
  font-variant-numeric: tabular-nums; white-space: pre; }
.notice { position: absolute; inset: var(--space-3) auto auto 50%; translate: -50%; z-index: 3; background: var(--surface-raised); color: var(--text);
  border: 1px solid var(--line); border-radius: var(--radius); padding: var(--space-1) var(--space-3); box-shadow: var(--shadow); max-inline-size: 90%; }
.notice[hidden] { display: none; }
.controls { display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; gap: var(--space-2); padding: 0 var(--space-2) var(--space-2); }
.controls > div { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1); }
.controls .end { justify-content: end; }
.moment time { font-size: var(--size-16); font-weight: 500; font-variant-numeric: tabular-nums; min-inline-size: 12.5em; text-align: start; }
.moment svg { color: var(--text-quiet); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); min-inline-size: 52px; }
button.main:hover { background: color-mix(in oklab, var(--accent), white 14%); }
.range { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-3); margin-inline: var(--space-2);
  padding: var(--space-1) var(--space-1) var(--space-1) var(--space-3); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); }
.range[hidden], .acts[hidden] { display: none; }
.range output { font-weight: 500; font-variant-numeric: tabular-nums; }
.range .acts { display: flex; flex-wrap: wrap; gap: var(--space-1); }
.range button { min-block-size: 36px; }
.range .order { display: flex; align-items: center; gap: var(--space-2); margin: 0 var(--space-2) 0 auto; font-size: var(--size-12); color: var(--text-quiet); max-inline-size: 46ch; }
.range .order svg { inline-size: 16px; block-size: 16px; flex: none; }
button, select, summary { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  min-block-size: var(--tap); min-inline-size: var(--tap); padding: 0 var(--space-2); cursor: pointer; display: inline-flex; align-items: center;
  justify-content: center; gap: var(--space-1); }
:is(button, select, summary):hover { background: var(--surface-raised); border-color: var(--line-strong); }
:is(button, select, summary, input):focus-visible { outline: var(--ring); outline-offset: 1px; }
button[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent-text); }
button:disabled { opacity: 0.5; cursor: default; }
button svg, summary svg { inline-size: 18px; block-size: 18px; }
details { position: relative; }
details > div { position: absolute; inset-block-end: calc(100% + 4px); inset-inline-end: 0; z-index: 6; background: var(--surface-raised);
  border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: var(--space-3); inline-size: 300px; display: grid;
  gap: var(--space-2); }
details small { font-size: var(--size-12); color: var(--text-quiet); }
details .list { max-block-size: min(50vh, 480px); overflow: auto; display: grid; margin-inline: calc(-1 * var(--space-2)); }
details label { display: flex; gap: var(--space-2); align-items: center; min-block-size: 36px; padding-inline: var(--space-2); border-radius: var(--radius); cursor: pointer; }
details label:hover { background: var(--surface-sunken); }
details label[hidden] { display: none; }
details label span { color: var(--text-quiet); font-size: var(--size-12); margin-inline-start: auto; }
details input[type="checkbox"] { inline-size: 18px; block-size: 18px; accent-color: var(--accent-text); flex: none; }
details input[type="search"] { font: inherit; inline-size: 100%; box-sizing: border-box; min-block-size: var(--tap); padding-inline: var(--space-3);
  background: var(--surface); color: var(--text); border: 1px solid var(--line-strong); border-radius: var(--radius); }
dialog { background: var(--surface-raised); color: var(--text); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--space-4);
  box-shadow: var(--shadow); }
dialog::backdrop { background: var(--scrim); }
dialog form { display: grid; gap: var(--space-4); min-inline-size: min(300px, 80vw); }
dialog form label { display: grid; gap: var(--space-2); font-weight: 600; }
dialog input { font: inherit; font-weight: 400; font-size: var(--size-16); min-block-size: var(--tap); padding: var(--space-2) var(--space-3); background: var(--surface); color: var(--text); border: 1px solid var(--line); border-radius: var(--radius); }
dialog .row { display: flex; gap: var(--space-2); justify-content: end; }
@media (width < 1240px) { .end button span { display: none; } }
@media (width < 1080px) {
  .controls { grid-template-columns: auto 1fr; }
  .controls .when { justify-content: end; }
  .controls .end { grid-column: 1 / -1; }
}
@media (width < 720px) {
  .controls { grid-template-columns: minmax(0, 1fr); }
  .controls .transport, .controls .end, .controls .when { justify-content: space-between; flex-wrap: nowrap; }
  .controls .when { order: -1; }
  .moment { flex: 1; justify-content: space-between; }
  .moment time { min-inline-size: 0; font-size: var(--size-14); }
  .transport > * { flex: 1; }
  .controls .end > button { padding: 0; }
  .range { display: grid; grid-template-columns: 1fr auto; gap: var(--space-1); }
  .range .acts { grid-row: 2; grid-column: 1 / -1; flex-wrap: nowrap; }
  .range button { padding-inline: var(--space-2); font-size: var(--size-12); white-space: nowrap; }
  .range .acts button { flex: 1 1 auto; }
  .range .order { grid-column: 1 / -1; margin: 0; padding-block-end: var(--space-1); }
}
`);
