/** The review player's style; colours and sizes come from the page's tokens. */

import { styleSheet } from "./dom";

export const PLAYER_STYLE = styleSheet(`
:host { display: flex; flex-direction: column; gap: var(--space-2); min-block-size: 70vh; color: var(--text);
  font: var(--size-14)/var(--line-height) var(--font); }
:host(:fullscreen) { background: var(--ground); padding: var(--space-2); }
.stage { flex: 1; display: grid; gap: var(--tile-gap); min-block-size: 240px; background: #000; position: relative; }
.camera { container-type: size; position: relative; overflow: hidden; background: #000; min-inline-size: 0; min-block-size: 0; }
.camera > div:first-child { position: absolute; inset: 0; }
.camera :is(video, canvas, img) { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain; }
.camera canvas[hidden] { display: none; }
.camera[data-empty] :is(video, canvas) { visibility: hidden; }
.camera p { position: absolute; margin: 0; padding: 2px var(--space-2); font-size: var(--size-12); background: var(--scrim); color: #f2efe8; }
.camera p:empty { display: none; }
.camera .name { inset: auto auto 0 0; border-start-end-radius: var(--radius); }
.camera .note { inset: 0 0 auto auto; border-end-start-radius: var(--radius); }
.camera .nothing { inset: 50% auto auto 50%; translate: -50% -50%; border-radius: var(--radius); }
.watermark { position: absolute; inset: 0; pointer-events: none; display: grid; place-content: center; z-index: 2; overflow: hidden;
  color: rgb(255 255 255 / 40%); text-shadow: 0 0 2px rgb(0 0 0 / 60%); font-size: clamp(9px, 4.5cqmin, 24px); text-align: center; rotate: -12deg;
  font-variant-numeric: tabular-nums; white-space: pre; }
.notice { position: absolute; inset: var(--space-3) auto auto 50%; translate: -50%; z-index: 3; background: var(--surface-raised); color: var(--text);
  border: 1px solid var(--line); border-radius: var(--radius); padding: var(--space-1) var(--space-3); box-shadow: var(--shadow); max-inline-size: 90%; }
.notice[hidden] { display: none; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1); }
.controls time { font-size: var(--size-16); font-variant-numeric: tabular-nums; padding-inline: var(--space-2); min-inline-size: 15em; }
.controls .end { margin-inline-start: auto; display: flex; gap: var(--space-1); flex-wrap: wrap; align-items: center; }
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
  border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: var(--space-3); max-block-size: 50vh; overflow: auto;
  display: grid; gap: var(--space-1); min-inline-size: 220px; }
details label { display: flex; gap: var(--space-2); align-items: center; min-block-size: 32px; }
dialog { background: var(--surface-raised); color: var(--text); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--space-4);
  box-shadow: var(--shadow); }
dialog::backdrop { background: var(--scrim); }
dialog form { display: grid; gap: var(--space-3); }
dialog input { font: inherit; padding: var(--space-2); background: var(--surface); color: var(--text); border: 1px solid var(--line); border-radius: var(--radius); }
dialog .row { display: flex; gap: var(--space-2); justify-content: end; }
.range { color: var(--text-quiet); font-variant-numeric: tabular-nums; }
.range:empty { display: none; }
@media (max-width: 640px) { .controls time { min-inline-size: 0; inline-size: 100%; } }
`);
