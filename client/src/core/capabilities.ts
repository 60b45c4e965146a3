/** Which player a machine can run, from facts that are passed in (no browser needed to test the choice). */

export type PlayerKind = "webcodecs" | "mse" | "hls" | "jpeg";

export const PLAYER_KINDS: readonly PlayerKind[] = ["webcodecs", "mse", "hls", "jpeg"];

export interface Facts {
  readonly isSecure: boolean;
  readonly hasVideoDecoder: boolean;
  readonly hasTrackGenerator: boolean;
  readonly hasOffscreenCanvas: boolean;
  readonly hasMediaSource: boolean;
  readonly hasNativeHls: boolean;
}

/** Players worth trying, best first. `forced` (from `?player=`) leaves only that one. */
export function playersFor(facts: Facts, forced: string | null = null): PlayerKind[] {
  const kinds: PlayerKind[] = [];
  if (facts.isSecure && facts.hasVideoDecoder && (facts.hasTrackGenerator || facts.hasOffscreenCanvas)) {
    kinds.push("webcodecs");
  }
  if (facts.hasMediaSource) {
    kinds.push("mse");
  }
  if (facts.hasNativeHls || facts.hasMediaSource) {
    kinds.push("hls");
  }
  kinds.push("jpeg");
  if (forced !== null && (PLAYER_KINDS as readonly string[]).includes(forced)) {
    return [forced as PlayerKind];
  }
  return kinds;
}

/** Which stream to show: the wished one if the machine decodes it, else the other, else none. */
export function choosePlayable<T extends string>(
  wished: T,
  offered: ReadonlyMap<T, boolean>,
): { stream: T; isSecondChoice: boolean } | null {
  if (offered.get(wished) === true) {
    return { stream: wished, isSecondChoice: false };
  }
  for (const [stream, isPlayable] of offered) {
    if (isPlayable) {
      return { stream, isSecondChoice: true };
    }
  }
  return null;
}
