/** Where the tiles of the wall stand: one grid whose rows and columns follow what is shown and how large the wall is. */

import { fitted, type Layout, layoutNamed, neighbour, type Place } from "../core/layouts";
import type { CameraTile } from "./camera_tile";
import { make } from "./dom";
import { fitGrid } from "./fitted_grid";

export interface Shown {
  readonly layout: Layout;
  /** Cameras of this page, in their places. */
  readonly cameras: readonly string[];
  readonly enlarged: string | null;
}

export class WallPlaces {
  readonly element: HTMLElement;
  readonly grid = make("div", { class: "grid", role: "group" });
  readonly #tiles: ReadonlyMap<string, CameraTile>;
  readonly #resizes = new ResizeObserver(() => this.#refit());
  #shown: Shown | null = null;
  #drawn: Layout | null = null;

  constructor(tiles: ReadonlyMap<string, CameraTile>, description: string) {
    this.#tiles = tiles;
    this.grid.setAttribute("aria-description", description);
    this.element = make("div", { class: "stage" }, this.grid);
  }

  connect(): void {
    this.#resizes.observe(this.element);
  }

  disconnect(): void {
    this.#resizes.disconnect();
  }

  show(shown: Shown): void {
    this.#shown = shown;
    this.#drawn = this.#fit(shown);
    this.#draw(shown, this.#drawn);
  }

  /** The camera beside another one, as it stands on the screen; undefined where the place is empty. */
  neighbour(camera: string, dx: number, dy: number): string | undefined {
    const cameras = this.#shown?.cameras ?? [];
    return this.#drawn === null ? undefined : cameras[neighbour(this.#drawn, cameras.indexOf(camera), dx, dy)];
  }

  #fit({ layout, cameras, enlarged }: Shown): Layout {
    const { clientWidth, clientHeight } = this.element;
    const drawn = enlarged === null ? layout : layoutNamed("1");
    return fitted(drawn, cameras.length, clientWidth, clientHeight);
  }

  #refit(): void {
    if (this.#shown === null || this.#drawn === null) {
      return;
    }
    if (this.#fit(this.#shown).columns !== this.#drawn.columns) {
      this.show(this.#shown);
    } else {
      fitGrid(this.element, this.grid, this.#drawn);
    }
  }

  /** Tiles are moved by style alone: a video that leaves the document would stop. */
  #draw({ cameras, enlarged }: Shown, layout: Layout): void {
    const isLarge = enlarged !== null;
    this.grid.classList.toggle("enlarged", isLarge);
    fitGrid(this.element, this.grid, layout);
    for (const [camera, tile] of this.#tiles) {
      const at = isLarge ? (camera === enlarged ? 0 : -1) : cameras.indexOf(camera);
      this.#put(tile, layout.places[at], camera === enlarged);
    }
    this.#fillEmpty(isLarge ? [] : layout.places.slice(cameras.length));
  }

  #put(tile: CameraTile, place: Place | undefined, isLarge: boolean): void {
    tile.toggleAttribute("data-large", isLarge);
    tile.showEnlarged(isLarge);
    tile.hidden = place === undefined;
    if (place !== undefined) {
      tile.style.gridArea = areaOf(place);
    }
  }

  /** What is left of the last row: a place to drop a camera on. */
  #fillEmpty(places: readonly Place[]): void {
    for (const place of this.grid.querySelectorAll(".place")) {
      place.remove();
    }
    if (this.#tiles.size === 0) {
      return;
    }
    for (const place of places) {
      const empty = make("div", { class: "place", "aria-hidden": "true" });
      empty.style.gridArea = areaOf(place);
      this.grid.append(empty);
    }
  }
}

function areaOf({ row, column, span }: Place): string {
  return `${row} / ${column} / span ${span} / span ${span}`;
}
