/** Keeps a viewer's layout and placement in this browser. A browser that keeps nothing loses nothing but the order. */

import { type Layout, layoutFor, layoutNamed, mergedOrder } from "../core/layouts";

export interface Placement {
  readonly layout: Layout;
  readonly order: string[];
}

export class WallMemory {
  readonly #key: string;

  constructor(viewer: string) {
    this.#key = `nangmai.wall.${viewer}`;
  }

  /** What was kept, made to fit the cameras there are; `layout` is the page's wish where nothing was kept. */
  restore(cameras: readonly string[], layout: string | null): Placement {
    let kept: { layout?: string; order?: string[] } = {};
    try {
      kept = JSON.parse(localStorage.getItem(this.#key) ?? "{}") ?? {};
    } catch {
      kept = {};
    }
    const name = kept.layout ?? layout;
    return {
      layout: name === null ? layoutFor(cameras.length) : layoutNamed(name, cameras.length),
      order: mergedOrder(Array.isArray(kept.order) ? kept.order : [], cameras),
    };
  }

  save({ layout, order }: Placement): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ layout: layout.name, order }));
    } catch {
      // Storage may be full or forbidden.
    }
  }
}
