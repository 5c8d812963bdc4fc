import type { Dimension } from '../key/key.js';
import type { ReadContext, Readings } from './family.js';
import { camelCase } from './parse/camel-case.js';
import { dimensionOf } from './parse/dimension-names.js';
import { type LimitName, limitName } from './parse/limit-name.js';
import { presumedUnit } from './parse/presumed-unit.js';
import { windowName } from './parse/units.js';
import { type NamedReading, ReadingsDraft } from './readings-draft.js';
import { type Figure, type Figures, isCounted, sentLimit } from './sent-limit.js';
import { betrayedUnit, readingsOf } from './sent-readings.js';

/** A limit, by the first of its headers' names. */
interface NamedLimit {
  readonly name: LimitName;
  readonly figures: Map<string, Figure>;
}

/**
 * The limits under one spelling of the stem. Each is built from the names of its own scope only: a
 * minute's count with the day's reset would be true of neither.
 */
export function readNamedLimits(stem: string, context: ReadContext): Readings {
  const limits = limitsOf(stem, context).map(({ name, figures }) => ({
    name,
    sent: sentLimit(figures, name.windowMs),
  }));
  const sharedUnit = () => betrayedUnit(limits.map(({ sent }) => sent));
  const counted = new Map<Dimension, NamedReading[]>();
  const draft = new ReadingsDraft();
  for (const { name, sent } of limits) {
    const dimension = dimensionOf(name.thing);
    const readings = readingsOf(sent, sharedUnit, context).map((reading, index) => ({
      name: name.scope === '' ? windowName(reading?.windowMs, index) : nameOf(name.scope, index),
      reading,
    }));
    if (dimension === undefined) draft.addExtra(camelCase(name.scope), readings[0]?.reading);
    else counted.set(dimension, [...(counted.get(dimension) ?? []), ...readings]);
  }
  for (const [dimension, readings] of counted) draft.addAll(dimension, readings);
  return draft.done();
}

function nameOf(scope: string, index: number): string {
  return index === 0 ? camelCase(scope) : `${camelCase(scope)}${index + 1}`;
}

function limitsOf(stem: string, context: ReadContext): readonly NamedLimit[] {
  const { limits, elsewhere } = gather(stem, context);
  const bare = limits.get('');
  if (bare === undefined) return [...limits.values()];
  // Spellings that say nothing twice speak of one limit (Zendesk).
  if (![...elsewhere.keys()].some((figure) => bare.figures.has(figure))) join(bare, elsewhere);
  if (isCounted(bare.figures)) return [...limits.values()];
  limits.delete('');
  const [only, ...others] = limits.values();
  if (only === undefined) return [bare];
  // Of one limit among several it would not be known whose reset it is.
  if (others.length === 0) join(only, bare.figures);
  return [only, ...others];
}

/** The limits under the stem by their scopes, and the figures of the one without a scope under others. */
function gather(stem: string, context: ReadContext) {
  const limits = new Map<string, NamedLimit>();
  const elsewhere = new Map<string, Figure>();
  for (const header of context.names()) {
    const name = limitName(header);
    const text = context.header(header);
    if (name === undefined || text === undefined) continue;
    const { scope, figure } = name;
    const sent = { text, unit: presumedUnit(name, context.provider) };
    if (name.stem !== stem) {
      if (scope === '' && name.owner === '') elsewhere.set(figure, sent);
      continue;
    }
    const limit = limits.get(scope) ?? { name, figures: new Map() };
    // `reset-ms` beside `reset`: the unit that is said beats the one that is presumed.
    if (name.unitMs !== undefined || !limit.figures.has(figure)) limit.figures.set(figure, sent);
    limits.set(scope, limit);
  }
  return { limits, elsewhere };
}

function join({ figures }: NamedLimit, others: Figures): void {
  for (const [figure, sent] of others) if (!figures.has(figure)) figures.set(figure, sent);
}
