/** Gives a grid of pictures the size at which every picture fills its place, in the middle of the stage it stands on. */

import { aspectOf, type Layout } from "../core/layouts";

/** A picture alone takes the whole stage, whatever its shape. */
export function fitGrid(stage: HTMLElement, grid: HTMLElement, layout: Layout): void {
  const isOne = layout.columns * layout.rows === 1;
  const aspect = aspectOf(layout);
  const width = Math.min(stage.clientWidth, stage.clientHeight * aspect);
  grid.style.inlineSize = isOne ? "100%" : `${Math.floor(width)}px`;
  grid.style.blockSize = isOne ? "100%" : `${Math.floor(width / aspect)}px`;
  grid.style.gridTemplateColumns = `repeat(${layout.columns}, minmax(0, 1fr))`;
  grid.style.gridTemplateRows = `repeat(${layout.rows}, minmax(0, 1fr))`;
}

/** Style of stage and grid, in the shadow root of the element that has them. */
export const FITTED_STYLE = `
.stage { flex: 1; min-block-size: 0; min-inline-size: 0; position: relative; overflow: hidden; }
.grid { display: grid; gap: var(--tile-gap); position: absolute; inset: 0; margin: auto; }
`;
