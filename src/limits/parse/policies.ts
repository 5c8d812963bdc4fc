import { type StructuredMember, structuredList } from './structured.js';

/** A quota policy: how much of what, in which time. */
export interface Policy {
  readonly name: string | undefined;
  readonly quota: number | undefined;
  readonly windowMs: number | undefined;
  /** What is counted: `requests` unless said otherwise. */
  readonly unit: string;
}

/**
 * The policies in a `RateLimit-Policy` field: `100;w=60` up to draft 07,
 * `"default";q=100;w=60;qu="requests"` from draft 08 on.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function parsePolicies(text: string | undefined): readonly Policy[] {
  return text === undefined ? [] : structuredList(text).map(policyOf);
}

/** The policy that a member of a list states. */
function policyOf({ item, parameters }: StructuredMember): Policy {
  const unit = parameters.get('qu');
  const name = typeof item === 'string' ? item : parameters.get('name');
  return {
    name: typeof name === 'string' ? name : undefined,
    quota: countOf(typeof item === 'number' ? item : parameters.get('q')),
    // Spelt out by incident.io.
    windowMs: windowMsOf(parameters.get('w') ?? parameters.get('window')),
    unit: typeof unit === 'string' ? unit.toLowerCase() : 'requests',
  };
}

/** The window of a limit that states none: its own policy's, or that of the only one there is. */
export function windowByPolicy(limit: number | undefined, policies: readonly Policy[]) {
  const own = policies.find(({ quota }) => quota !== undefined && quota === limit);
  return (own ?? (policies.length === 1 ? policies[0] : undefined))?.windowMs;
}

/** A non-negative integer. */
export function countOf(value: string | number | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function windowMsOf(seconds: string | number | undefined): number | undefined {
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}
