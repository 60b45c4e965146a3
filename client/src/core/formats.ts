/** Times as people read them, by `Intl`, in the zone and language of the page. */

export interface TimeFormats {
  readonly clock: (us: number) => string;
  readonly clockMs: (us: number) => string;
  readonly day: (us: number) => string;
  readonly full: (us: number) => string;
  readonly fullMs: (us: number) => string;
}

export function timeFormats(locale: string, zone: string): TimeFormats {
  // Day before month, as everywhere but in one country.
  const name = locale === "en" ? "en-GB" : locale;
  const make = (options: Intl.DateTimeFormatOptions): ((us: number) => string) => {
    const format = new Intl.DateTimeFormat(name, { timeZone: zone, hourCycle: "h23", ...options });
    return (us) => format.format(new Date(us / 1000));
  };
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const date = { day: "2-digit", month: "2-digit", year: "numeric" } as const;
  return {
    clock: make(clock),
    clockMs: make({ ...clock, fractionalSecondDigits: 3 }),
    day: make({ weekday: "short", ...date }),
    full: make({ ...date, ...clock }),
    fullMs: make({ ...date, ...clock, fractionalSecondDigits: 3 }),
  };
}

/** The zone the page asks for when the browser knows it, else the browser's own. */
export function knownZone(zone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return new Intl.DateTimeFormat("en").resolvedOptions().timeZone;
  }
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using one, and ticks use many. */
function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = zoneFormats.get(zone);
  if (format === undefined) {
    const two = "2-digit";
    format = new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone: zone, hourCycle: "h23", year: "numeric", month: two, day: two },
      ...{ hour: two, minute: two, second: two },
    });
    zoneFormats.set(zone, format);
  }
  return format;
}

/** Minutes east of UTC that a zone has at a moment. */
export function zoneOffsetMinutes(us: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(new Date(us / 1000))) {
    parts[type] = Number(value);
  }
  const local = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return Math.round((local - Math.floor(us / 1_000_000) * 1000) / 60_000);
}

/** Value of an `<input type="datetime-local" step="1">` for a moment, and back. */
export function localInputValue(us: number, zone: string): string {
  const shifted = us / 1000 + zoneOffsetMinutes(us, zone) * 60_000;
  return new Date(shifted).toISOString().slice(0, 19);
}

export function usOfLocalInput(value: string, zone: string): number | null {
  const ms = Date.parse(`${value}Z`);
  if (Number.isNaN(ms)) {
    return null;
  }
  // Twice, because the offset that counts is the one at the moment looked for.
  const guess = ms * 1000 - zoneOffsetMinutes(ms * 1000, zone) * 60_000_000;
  return ms * 1000 - zoneOffsetMinutes(guess, zone) * 60_000_000;
}
