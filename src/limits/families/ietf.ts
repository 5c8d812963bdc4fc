import type { HeaderFamily, ReadContext, Readings } from '../family.js';
import { limitReading, type Understood } from '../limit-reading.js';
import { readNamedLimits } from '../named-limits.js';
import { LONGEST_MS } from '../parse/bounds.js';
import { camelCase } from '../parse/camel-case.js';
import { DIMENSION_OF } from '../parse/dimension-names.js';
import { figureNames } from '../parse/limit-name.js';
import { countOf, type Policy, parsePolicies, windowByPolicy } from '../parse/policies.js';
import { type StructuredMember, structuredCounts, structuredList } from '../parse/structured.js';
import { isEmpty, ReadingsDraft } from '../readings-draft.js';

/**
 * The IETF's header fields, drafts 03 to 11, in the three shapes they had: three fields of their
 * own, one dictionary (07), one list of limits by their policies' names (08 on). GitLab, Replicate
 * and others write the first with resets of their own.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export const ietf: HeaderFamily = {
  providers: ['ietf', 'gitlab', 'replicate', 'huggingface'],
  marks: ['ratelimit', ...figureNames('ratelimit')],
  pattern: /^ratelimit-/,
  headers: [],
  read(context) {
    const text = context.header('ratelimit');
    const readings = text === undefined ? {} : readField(text, context);
    if (isEmpty(readings)) return readNamedLimits('ratelimit', context);
    return withLimit(readings, context);
  },
};

/** A state without its quota is completed by a trio that agrees on what remains. */
function withLimit(readings: Readings, context: ReadContext): Readings {
  const { requests } = readings;
  if (requests?.remaining === undefined || requests.limit !== undefined) return readings;
  const { limit, remaining } = readNamedLimits('x-ratelimit', context).requests ?? {};
  if (limit === undefined || remaining !== requests.remaining) return readings;
  return { ...readings, requests: { limit, ...requests } };
}

function readField(text: string, context: ReadContext): Readings {
  return /^\s*(?:limit|remaining|reset)\s*=/.test(text)
    ? readDictionary(text, context)
    : readList(text, context);
}

/** Draft 07, and express-rate-limit's `draft-7`: `limit=100, remaining=50, reset=5`. */
function readDictionary(text: string, context: ReadContext): Readings {
  const counts = structuredCounts(text);
  const limit = countOf(counts.get('limit'));
  const draft = new ReadingsDraft();
  draft.add(
    'requests',
    limitReading(
      {
        limit,
        remaining: countOf(counts.get('remaining')),
        resetMs: waitOf(counts.get('reset')),
        windowMs: windowByPolicy(limit, parsePolicies(context.header('ratelimit-policy'))),
      },
      context,
    ),
  );
  return draft.done();
}

/** One limit of a list, with its policy. */
interface ListedLimit extends Understood {
  readonly name: string;
  readonly unit: string;
}

/** Drafts 08 on: `"burst";r=57;t=43, "daily";r=0;t=5000`; of one unit the tightest governs. */
function readList(text: string, context: ReadContext): Readings {
  const policies = parsePolicies(context.header('ratelimit-policy'));
  const limits = structuredList(text).map((member, _, all) => listedLimit(member, all, policies));
  const draft = new ReadingsDraft();
  for (const [unit, alike] of byUnit(limits)) {
    const readings = alike.map((limit) => limitReading(limit, context));
    const dimension = DIMENSION_OF.get(unit);
    if (dimension === undefined) draft.addExtra(camelCase(unit), readings[0]);
    else {
      draft.addAll(
        dimension,
        readings.map((reading, index) => ({
          name: camelCase(alike[index]?.name ?? '') || `limit${index + 1}`,
          reading,
        })),
      );
    }
  }
  return draft.done();
}

function byUnit(limits: readonly ListedLimit[]): ReadonlyMap<string, readonly ListedLimit[]> {
  const units = new Map<string, ListedLimit[]>();
  for (const limit of limits) units.set(limit.unit, [...(units.get(limit.unit) ?? []), limit]);
  return units;
}

function listedLimit(
  member: StructuredMember,
  all: readonly StructuredMember[],
  policies: readonly Policy[],
): ListedLimit {
  const name = String(member.item ?? '');
  const remaining = countOf(member.parameters.get('r'));
  const resetMs = waitOf(member.parameters.get('t'));
  const policy = policyFor({ name, remaining, resetMs }, member, all, policies);
  return {
    name,
    unit: policy?.unit ?? 'requests',
    limit: policy?.quota,
    remaining,
    resetMs,
    windowMs: policy?.windowMs,
  };
}

/**
 * The policy of the limit's name, or the only one, which needs none. Where several have that name
 * they are paired by order, if there are as many limits; else the shortest that the limit fits into
 * (Channex names three alike).
 */
function policyFor(
  {
    name,
    remaining = 0,
    resetMs = 0,
  }: { name: string; remaining?: number | undefined; resetMs?: number | undefined },
  member: StructuredMember,
  all: readonly StructuredMember[],
  policies: readonly Policy[],
): Policy | undefined {
  const alike = all.filter(({ item }) => item === member.item);
  const areAlone = all.length === 1 && policies.length === 1;
  const named = policies.filter((policy) => (policy.name ?? (areAlone ? name : '')) === name);
  if (alike.length === named.length) return named[alike.indexOf(member)];
  return named
    .filter(
      ({ quota = Infinity, windowMs = Infinity }) => quota >= remaining && windowMs >= resetMs,
    )
    .sort((a, b) => (a.windowMs ?? Infinity) - (b.windowMs ?? Infinity))[0];
}

function waitOf(value: string | number | undefined): number | undefined {
  const wait = countOf(value);
  return wait === undefined || wait * 1000 > LONGEST_MS ? undefined : wait * 1000;
}
