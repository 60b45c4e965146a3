/** The wall's style: always night, edge to edge, two pixels between tiles. Colours come from the page's tokens. */

import { KEYS_STYLE, styleSheet } from "./dom";
import { FITTED_STYLE } from "./fitted_grid";

export const WALL_STYLE = styleSheet(`${KEYS_STYLE}${FITTED_STYLE}
:host { display: flex; flex-direction: column; min-block-size: 60vh; background: var(--surface-sunken); color: var(--text);
  font: var(--size-14)/var(--line-height) var(--font); color-scheme: dark; }
:host(:fullscreen) { block-size: 100vh; }
.bar { display: flex; align-items: center; gap: var(--space-1); padding: var(--space-1) var(--space-2);
  background: var(--ground); flex-wrap: wrap; }
.bar .group { display: flex; gap: 2px; align-items: center; }
.bar .group span { color: var(--text-quiet); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar .group + :is(.group, button) { margin-inline-start: var(--space-2); }
.bar time { margin-inline-start: auto; font-variant-numeric: tabular-nums; font-size: var(--size-16); padding-inline: var(--space-2); }
:host(:fullscreen) .bar { opacity: 0; position: absolute; inset: 0 0 auto; z-index: 3; transition: opacity var(--quick); }
:host(:fullscreen) .bar:is(:hover, :focus-within), :host(:fullscreen[data-awake]) .bar { opacity: 1; }
button { font: inherit; color: var(--text-quiet); background: none; border: 0; border-radius: var(--radius);
  min-block-size: var(--tap); min-inline-size: var(--tap); padding: 0 var(--space-2); cursor: pointer; display: inline-flex;
  align-items: center; justify-content: center; gap: var(--space-1); }
button:hover { color: var(--text); background: var(--surface-raised); }
button[aria-pressed="true"] { color: var(--accent-text); background: var(--accent-soft); }
button:focus-visible { outline: var(--ring); outline-offset: -2px; }
/* Over the picture: an outline would lie under it. The dark line keeps the ring visible on a bright picture. */
camera-tile { outline: 0; }
camera-tile::after { position: absolute; inset: 0; pointer-events: none; z-index: 1; }
camera-tile:focus-visible::after { content: ""; box-shadow: inset 0 0 0 3px var(--focus), inset 0 0 0 5px var(--scrim); }
camera-tile[data-grabbed]::after { content: ""; border: 3px dashed var(--accent); }
camera-tile[data-over]::after { content: ""; box-shadow: inset 0 0 0 3px var(--accent), inset 0 0 0 5px var(--scrim); }
button svg { inline-size: 18px; block-size: 18px; }
.empty { margin: 0; place-self: center; color: var(--text-quiet); }
.place { background: var(--ground); }
.place[data-over] { outline: 2px solid var(--accent); outline-offset: -2px; }
camera-tile { container-type: size; position: relative; overflow: hidden; background: var(--ground); min-inline-size: 0; min-block-size: 0; display: block;
  user-select: none; touch-action: manipulation; }
camera-tile[hidden] { display: none; }
camera-tile .picture { position: absolute; inset: 0; }
camera-tile :is(video, canvas, img) { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain; }
camera-tile:not([data-state="recording"]) :is(video, canvas, img) { filter: grayscale(1) brightness(0.45); }
camera-tile p { position: absolute; margin: 0; }
.name { pointer-events: none; inset: auto auto 0 0; max-inline-size: 80%; padding: 2px var(--space-2); background: var(--scrim); color: var(--text);
  font-size: var(--size-12); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; border-start-end-radius: var(--radius); }
.note { inset: 0 0 auto auto; padding: 2px var(--space-2); background: var(--scrim); color: var(--at-risk); font-size: var(--size-12);
  border-end-start-radius: var(--radius); max-inline-size: 90%; }
.plate { inset: 0; display: grid; place-content: center; justify-items: center; gap: var(--space-1); text-align: center;
  padding: var(--space-3); font-size: var(--size-14); font-variant-numeric: tabular-nums; pointer-events: none; }
@container (height < 150px) { .plate { padding-block-end: 26px; gap: 0; } .plate svg { inline-size: 20px; block-size: 20px; } }
@container (height < 100px) { .plate svg { display: none; } }
.plate[hidden], .note[hidden] { display: none; }
.plate svg { inline-size: 28px; block-size: 28px; color: var(--unknown); }
camera-tile:is([data-state="no_signal"], [data-state="refused"], [data-state="failed"]) .plate :is(svg, strong) { color: var(--broken); }
camera-tile:is([data-state="lost"], [data-state="denied"]) .plate :is(svg, strong) { color: var(--at-risk); }
.plate span { color: var(--text-quiet); font-size: var(--size-12); }
.actions { position: absolute; z-index: 2; inset: 0 auto auto 0; display: none; background: var(--scrim); border-end-end-radius: var(--radius); }
camera-tile:is(:focus-visible, :focus-within, [data-large]) .actions { display: flex; }
@media (hover: hover) { camera-tile:hover .actions { display: flex; } }
.actions button { color: var(--text); }
.actions button:has(span) { padding-inline: var(--space-3); gap: var(--space-2); }
.enlarged camera-tile:not([data-large]) { display: none; }
.quiet { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (width < 720px) {
  .bar { gap: 0; padding-inline: var(--space-1); }
  .bar button { min-inline-size: 34px; padding-inline: 6px; }
  .bar time { font-size: var(--size-14); padding-inline: var(--space-1); }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`);
