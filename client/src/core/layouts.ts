/** The layouts of the wall, which camera stands where, and which page is shown. Pure; the element draws it. */

export type LayoutName = "1" | "4" | "9" | "16" | "25" | "1+5" | "all";

export interface Place {
  /** Grid lines, counted from 1, and how many cells the place takes each way. */
  readonly column: number;
  readonly row: number;
  readonly span: number;
}

export interface Layout {
  readonly name: LayoutName;
  readonly columns: number;
  readonly rows: number;
  readonly places: readonly Place[];
}

function grid(name: LayoutName, columns: number, rows: number): Layout {
  const places = Array.from({ length: columns * rows }, (_, number) => ({
    column: (number % columns) + 1,
    row: Math.floor(number / columns) + 1,
    span: 1,
  }));
  return { name, columns, rows, places };
}

function square(name: LayoutName, side: number): Layout {
  return grid(name, side, side);
}

/** Every camera at once: the grid that leaves the fewest places empty. */
export function overview(cameras: number): Layout {
  const columns = Math.max(1, Math.ceil(Math.sqrt(cameras)));
  return grid("all", columns, Math.max(1, Math.ceil(cameras / columns)));
}

const onePlusFive: Layout = {
  name: "1+5",
  columns: 3,
  rows: 3,
  places: [
    { column: 1, row: 1, span: 2 },
    { column: 3, row: 1, span: 1 },
    { column: 3, row: 2, span: 1 },
    { column: 3, row: 3, span: 1 },
    { column: 2, row: 3, span: 1 },
    { column: 1, row: 3, span: 1 },
  ],
};

/** In the order of the keys 1 to 6. */
export const LAYOUTS: readonly Layout[] = [
  square("1", 1),
  square("4", 2),
  square("9", 3),
  square("16", 4),
  square("25", 5),
  onePlusFive,
];

export function layoutNamed(name: string | undefined, cameras = 0): Layout {
  if (name === "all") {
    return overview(cameras);
  }
  return LAYOUTS.find((layout) => layout.name === name) ?? LAYOUTS[3]!;
}

/** The smallest layout that shows so many cameras at once. */
export function layoutFor(cameras: number): Layout {
  return (
    LAYOUTS.filter((layout) => layout.name !== "1+5").find((layout) => layout.places.length >= cameras) ?? LAYOUTS[4]!
  );
}

/** Kept order first, cameras that are new behind it, those that are gone left out. */
export function mergedOrder(kept: readonly string[], present: readonly string[]): string[] {
  const known = kept.filter((camera, at) => present.includes(camera) && kept.indexOf(camera) === at);
  return [...known, ...present.filter((camera) => !known.includes(camera))];
}

export function pageCount(cameras: number, layout: Layout): number {
  return Math.max(1, Math.ceil(cameras / layout.places.length));
}

/** The cameras of a page, in places; a last page that is not full keeps its places empty. */
export function pageOf(order: readonly string[], layout: Layout, page: number): string[] {
  const size = layout.places.length;
  return order.slice(page * size, (page + 1) * size);
}

/** The order after two cameras changed places. */
export function swapped(order: readonly string[], first: string, second: string): string[] {
  return order.map((camera) => (camera === first ? second : camera === second ? first : camera));
}

/** The place reached from another by an arrow key; the same one at the edge. */
export function neighbour(layout: Layout, from: number, dx: number, dy: number): number {
  const place = layout.places[from];
  if (place === undefined) {
    return 0;
  }
  const column = dx > 0 ? place.column + place.span : dx < 0 ? place.column - 1 : place.column;
  const row = dy > 0 ? place.row + place.span : dy < 0 ? place.row - 1 : place.row;
  const found = layout.places.findIndex(
    (other) =>
      column >= other.column && column < other.column + other.span && row >= other.row && row < other.row + other.span,
  );
  return found < 0 ? from : found;
}
