import { InvalidOptionError } from './errors.js';
import { record } from './options.js';

/** The names that an object of options may have, each once. */
export type Names = Readonly<Record<string, true>>;

/**
 * An object of options. Refuses a name that is not known but resembles one that is, and that is not
 * there: misspelt, it would be ignored in silence. Others are let through: rows of a database and
 * callers' own fields may ride along.
 * @throws InvalidOptionError that says which name was meant
 */
export function checkNames(
  path: string,
  value: unknown,
  known: Names,
): Readonly<Record<string, unknown>> {
  const options = record(path, value);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const missing = Object.keys(known).filter((each) => options[each] === undefined);
    const meant = resembled(name, missing);
    if (meant === undefined) continue;
    throw new InvalidOptionError(`${path}.${name}`, `"${meant}"`, undefined, `"${name}"`);
  }
  return options;
}

/**
 * The known name that this one is a slip for: in other letter case, cut short or drawn out, in another
 * number, or with a letter wrong; in long names two letters.
 */
export function resembled(name: string, known: readonly string[]): string | undefined {
  const asked = plain(name);
  let meant: string | undefined;
  let least = Infinity;
  for (const each of known) {
    const difference = differenceOf(asked, plain(each));
    if (difference >= least) continue;
    least = difference;
    meant = each;
  }
  return meant;
}

/** Shorter names resemble too much: a row's `_id` is not meant for an `id`. */
const LEAST_LETTERS = 3;
const LONG_LETTERS = 6;
/** What is cut off more is another word: `model` is not meant for `modelLimits`. */
const CUT_LETTERS = 3;

/** `Infinity` for names that do not resemble each other. */
function differenceOf(one: string, other: string): number {
  const letters = Math.min(one.length, other.length);
  if (letters < LEAST_LETTERS) return Infinity;
  const isCut = one.startsWith(other) || other.startsWith(one);
  if (isCut) return Math.abs(one.length - other.length) <= CUT_LETTERS ? 0 : Infinity;
  if (isWithin(1, one, other)) return 1;
  return letters >= LONG_LETTERS && isWithin(2, one, other) ? 2 : Infinity;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/ies$/, 'y');
}

/** Whether so many edits make one of the other: a letter more, less or another, neighbours swapped. */
function isWithin(edits: number, one: string, other: string): boolean {
  if (one === other) return true;
  if (edits === 0 || Math.abs(one.length - other.length) > edits) return false;
  let same = 0;
  while (one[same] === other[same]) same += 1;
  const a = one.slice(same);
  const b = other.slice(same);
  return (
    isWithin(edits - 1, a.slice(1), b.slice(1)) ||
    isWithin(edits - 1, a.slice(1), b) ||
    isWithin(edits - 1, a, b.slice(1)) ||
    (a[0] === b[1] && a[1] === b[0] && isWithin(edits - 1, a.slice(2), b.slice(2)))
  );
}
