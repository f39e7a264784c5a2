import { isNear, isPast, type TimeWindows } from "./time-window.ts";

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const CLOCK = "(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d+)?)?";

interface Form {
  readonly pattern: RegExp;
  /** Returns milliseconds since 1970, NaN if the text is not a valid time, or undefined if it has no date. */
  readonly read: (text: string) => number | undefined;
  /** Whether text of this form is certainly a time. Numbers and versions may look like the other forms. */
  readonly isSure: boolean;
}

const digits = (text: string): number => {
  const [, year, month, day, hour = "00", minute = "00", second = "00"] =
    /^(\d{4})(\d\d)(\d\d)T?(?:(\d\d)(\d\d)(\d\d)?)?/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};
/**
 * The number of digits tells the unit: seconds, milliseconds, microseconds or nanoseconds. The values are milliseconds
 * per unit.
 */
const EPOCH_UNITS: Readonly<Record<number, number>> = { 10: 1000, 13: 1, 16: 1e-3, 19: 1e-6 };
const epoch = (text: string): number => Number(text) * (EPOCH_UNITS[text.length] ?? Number.NaN);
const parse = (text: string): number => Date.parse(text.replace(/(\d) ?(?:UTC|GMT)$/, "$1Z").replace(/ +/g, " "));
const ctime = (text: string): number => {
  const [, month, day, year] =
    new RegExp(`(${MONTH}) +(\\d{1,2})\\b.*?\\b(\\d{4})\\b`).exec(text) ??
    new RegExp(`()(\\d{1,2}) (?=${MONTH}).*?\\b(\\d{4})\\b`).exec(text) ??
    [];
  const name = month || (new RegExp(MONTH).exec(text)?.[0] ?? "");
  return Date.parse(`${name} ${day}, ${year} 12:00:00Z`);
};

/** The forms in which programs write a time. */
const FORMS: readonly Form[] = [
  {
    pattern: new RegExp(`\\d{4}-\\d\\d-\\d\\d[T ]${CLOCK}(?: ?(?:Z|UTC|[+-]\\d\\d:?\\d\\d))?`, "g"),
    read: parse,
    isSure: true,
  },
  {
    // RFC 5322, ctime(3), date(1), asctime, __DATE__.
    pattern: new RegExp(
      `(?:${DAY},? )?(?:${MONTH} [ \\d]?\\d|\\d{1,2} ${MONTH})[ ,]+(?:${CLOCK} (?:[AP]M )?(?:[A-Z]{2,5} )?)?\\d{4}(?: ${CLOCK})?`,
      "g",
    ),
    read: ctime,
    isSure: true,
  },
  { pattern: new RegExp(`${MONTH} [ \\d]\\d ${CLOCK}`, "g"), read: () => undefined, isSure: true },
  { pattern: /(?<![\d:.])(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?![\d:])/g, read: () => undefined, isSure: true },
  // In ISO 9660, hundredths of a second follow (ECMA-119, 8.4.26.1).
  { pattern: /(?<!\d)(?:19|20)\d{6}T?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d\d)?(?!\d)/g, read: digits, isSure: true },
  { pattern: /(?<!\d)\d{4}-\d\d-\d\d(?!\d)/g, read: parse, isSure: false },
  { pattern: /(?<!\d)20\d{6}(?!\d)/g, read: digits, isSure: false },
  { pattern: /(?<!\d)1\d{9}(?:\d{3}){0,3}(?!\d)/g, read: epoch, isSure: false },
];

/** A text and the range of it that differs from the other side. */
export interface Differing {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The times at the difference, in the same form on both sides. Dates without a time and plain numbers count only if
 * they are within the build times of both sides. Times in the future never count.
 */
export function momentsAt(left: Differing, right: Differing, windows: TimeWindows): [string, string] | undefined {
  for (const form of FORMS) {
    const [a, b] = [matchAt(left, form), matchAt(right, form)];
    if (a === undefined || b === undefined) continue;
    const [one, other] = [form.read(a), form.read(b)];
    if (one === undefined || other === undefined) return [a, b];
    const arePast = isPast(one, windows) && isPast(other, windows);
    // If the whole time is in the future, a part of it, such as its clock, must not count either.
    if (form.isSure) return arePast ? [a, b] : undefined;
    if (arePast && isNear(one, other, windows)) return [a, b];
  }
  return undefined;
}

function matchAt({ text, start, end }: Differing, { pattern }: Form): string | undefined {
  for (const match of text.matchAll(pattern)) {
    const touches = match.index < Math.max(end, start + 1) && match.index + match[0].length > start;
    if (touches && match.index <= start + 1) return match[0];
  }
  return undefined;
}
