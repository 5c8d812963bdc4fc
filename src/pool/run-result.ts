import { isRecord } from '../core/options.js';
import type { Usage } from '../limiter/limiter.js';
import type { ResponseFacts } from '../limits/limit-update.js';
import type { Lease, Verdict } from './lease.js';

// What a caller's function may return to `run`: a response, by its shape, or anything else. Not by
// class: frameworks replace the global Response, and undici's is another one.

/** Has the lease observe the result; `undefined` where that is no response. */
export async function verdictOn(lease: Lease, result: unknown): Promise<Verdict | undefined> {
  if (!isResponse(result)) return undefined;
  const { status, headers } = result;
  return lease.observe({ status, headers, body: await errorBodyOf(result) });
}

/** The cost that a body states; a fetch response is the caller's to read. */
export function usageIn(
  result: unknown,
  readUsage: (body: unknown) => Usage | undefined,
): Usage | undefined {
  return isResponse(result) && !isFetchResponse(result) ? readUsage(result.body) : undefined;
}

/** The status of a response; 0 of anything else. */
export function statusOf(result: unknown): number {
  return isResponse(result) ? result.status : 0;
}

/** Frees the connection of a response that nobody will read. */
export async function discard(result: unknown): Promise<void> {
  if (!isRecord(result) || !isRecord(result['body'])) return;
  const { body } = result;
  if (!('cancel' in body) || typeof body['cancel'] !== 'function') return;
  try {
    await body['cancel']();
  } catch {
    // Somebody reads it already: then it is theirs to finish.
  }
}

/** A failure's body says what it means; a good answer's is the caller's to read. */
async function errorBodyOf(response: ResponseFacts): Promise<unknown> {
  if (!isFetchResponse(response)) return response.body;
  if (response.status < 400 || response.bodyUsed) return undefined;
  try {
    return await response.clone().text();
  } catch {
    // It broke off: the status alone has to do.
    return undefined;
  }
}

function isResponse(value: unknown): value is ResponseFacts {
  if (!isRecord(value)) return false;
  const { status, headers } = value;
  return headers === undefined ? isStatus(status) : typeof status === 'number' && isRecord(headers);
}

/** Without headers, it has to look like HTTP's: many things have a status. */
function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
}

interface FetchResponse extends ResponseFacts {
  readonly bodyUsed: boolean;
  clone(): { text(): Promise<string> };
}

function isFetchResponse(response: ResponseFacts): response is FetchResponse {
  return 'clone' in response && typeof response.clone === 'function' && 'bodyUsed' in response;
}
