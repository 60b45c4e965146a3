/** The speeds of the player. Above four times only key pictures are fetched and shown. */

export const SPEEDS: readonly number[] = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16];

const KEY_ABOVE = 4;

/** Backwards there are only key pictures, at any speed. */
export function needsKeysOnly(speed: number): boolean {
  return speed > KEY_ABOVE || speed < 0;
}

export function faster(speed: number): number {
  return SPEEDS.find((one) => one > speed + 1e-9) ?? SPEEDS.at(-1)!;
}

export function slower(speed: number): number {
  return SPEEDS.findLast((one) => one < speed - 1e-9) ?? SPEEDS[0]!;
}

/** What J (-1) and L (1) do, as at an editing desk: start in that direction, then double. */
export function shuttle(speed: number, isPlaying: boolean, direction: 1 | -1): number {
  const isSameWay = isPlaying && Math.sign(speed) === direction;
  return isSameWay ? direction * Math.min(16, Math.max(1, Math.abs(speed)) * 2) : direction;
}

export function speedText(speed: number): string {
  const fractions: Record<string, string> = { "0.125": "⅛", "0.25": "¼", "0.5": "½" };
  const size = String(Math.abs(speed));
  return `${speed < 0 ? "−" : ""}${fractions[size] ?? size}×`;
}
