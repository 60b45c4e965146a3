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

/** The same on a stage that is higher than wide. */
const onePlusFiveTall: Layout = {
  name: "1+5",
  columns: 2,
  rows: 5,
  places: [
    { column: 1, row: 1, span: 2 },
    ...grid("1+5", 2, 3).places.map((place) => ({ ...place, row: place.row + 2 })),
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

const PICTURE_ASPECT = 16 / 9;

/**
 * The layout as it is drawn for so many cameras on a stage of a size: no row or column that holds nothing, and of a grid
 * the columns that make its pictures largest.
 */
export function fitted(layout: Layout, cameras: number, width: number, height: number): Layout {
  const count = Math.max(1, Math.min(cameras, layout.places.length));
  const [wide, high] = width > 0 && height > 0 ? [width, height] : [16, 9];
  if (layout.name === "1+5") {
    return trimmed(high > wide ? onePlusFiveTall : onePlusFive, count);
  }
  const pictureWidth = (columns: number): number =>
    Math.min(wide / columns, (high / Math.ceil(count / columns)) * PICTURE_ASPECT);
  const choices = Array.from({ length: count }, (_, at) => at + 1);
  const columns = choices.reduce((best, one) => (pictureWidth(one) > pictureWidth(best) ? one : best));
  return grid(layout.name, columns, Math.ceil(count / columns));
}

/** The first places of a layout, and the grid that they need. */
function trimmed(layout: Layout, count: number): Layout {
  const places = layout.places.slice(0, count);
  const columns = Math.max(...places.map(({ column, span }) => column + span - 1));
  const rows = Math.max(...places.map(({ row, span }) => row + span - 1));
  return { name: layout.name, columns, rows, places };
}

/** Width over height of the whole grid when every picture fills its place. */
export function aspectOf({ columns, rows }: Layout): number {
  return (columns / rows) * PICTURE_ASPECT;
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

/** The order after a camera went behind all others. */
export function movedToEnd(order: readonly string[], camera: string): string[] {
  return [...order.filter((one) => one !== camera), camera];
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
