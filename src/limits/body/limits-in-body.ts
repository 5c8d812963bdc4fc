import { isRecord } from '../../core/options.js';
import type { ReadContext, Readings } from '../family.js';
import { LONGEST_MS } from '../parse/bounds.js';
import { demandsWait } from '../parse/retry-after.js';
import { readGoogleError } from './google-error.js';
import { readLimitSentence } from './limit-sentence.js';
import { parseBody } from './parse-body.js';
import { waitInText } from './wait-in-text.js';

/** What a body adds to the headers. */
export interface BodyFindings {
  readonly readings: Readings;
  readonly retryAfterMs?: number | undefined;
  readonly group?: string | undefined;
  /** The upstream's headers, where a gateway quotes them. */
  readonly headers?: unknown;
}

/**
 * What the body of a refusal says where the headers are silent. The headers' word stands: it is
 * for machines. An answer is not read, it may quote anything.
 */
export function readBody(body: unknown, context: ReadContext): BodyFindings | undefined {
  const isSilent = body === undefined || body === null || body === '';
  if (isSilent || !demandsWait(context)) return undefined;
  const { root, text } = parseBody(body);
  const error = errorIn(root);
  const message = error === undefined ? text : messageIn(error);
  const google = readGoogleError(error?.['details'], context);
  const sentence = readLimitSentence(message);
  return {
    readings: { ...sentence.readings, ...google.readings },
    retryAfterMs: google.isMisleading
      ? undefined
      : (google.retryAfterMs ?? secondsIn(error) ?? waitInText(message, context.writtenAt)),
    group: sentence.group,
    headers: quotedHeaders(error),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** The object that describes the error: under `error`, in an array around all, or the body itself. */
function errorIn(root: unknown): Fields | undefined {
  const outer = Array.isArray(root) ? root[0] : root;
  if (!isRecord(outer)) return undefined;
  return isRecord(outer['error']) ? outer['error'] : outer;
}

function messageIn(error: Fields): string {
  const { message, error: text } = error;
  if (typeof message === 'string') return message;
  return typeof text === 'string' ? text : '';
}

/** Discord's float seconds: discord.com/developers/docs/topics/rate-limits. */
function secondsIn(error: Fields | undefined): number | undefined {
  const seconds = error?.['retry_after'];
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds * 1000 <= LONGEST_MS))
    return undefined;
  return Math.ceil(seconds * 1000);
}

/** @see https://openrouter.ai/docs/api_reference/limits */
function quotedHeaders(error: Fields | undefined): unknown {
  const metadata = error?.['metadata'];
  return isRecord(metadata) ? metadata['headers'] : undefined;
}
