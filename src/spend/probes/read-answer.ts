import { eraseSecret } from '../../core/erase-secret.js';
import { SpendProbeError } from '../../core/errors.js';
import { isRecord } from '../../core/options.js';
import { classify } from '../../failure/classify.js';
import type { Failure } from '../../failure/failure.js';
import type { SpendProbeContext, SpendProbeKey } from '../spend-probe.js';

export type Json = Readonly<Record<string, unknown>>;

/** The provider's own word that this key's budget is used up, in place of figures. */
export const EXCEEDED = Symbol('exceeded');

/** What was asked, and for which key. */
export interface Asked {
  /** The probe's name, for messages and for words that mean different things at different providers. */
  readonly provider: string;
  /** The probe's name, and what it asks without the query: messages begin with it. */
  readonly where: string;
  readonly key: SpendProbeKey;
  readonly context: SpendProbeContext;
}

/** @throws SpendProbeError where it is no JSON object, or an error of the provider's */
export function readAnswer(text: string, response: Response, asked: Asked): Json | typeof EXCEEDED {
  const { where, key } = asked;
  const { status } = response;
  const body = parse(text);
  const failure = failureIn(body ?? text, response, asked);
  if (failure.class === 'ok') {
    if (isRecord(body)) return body;
    const message = `${where}: expected a JSON object, got ${kindOf(text, body)}`;
    throw new SpendProbeError('body', message, { status });
  }
  const isOurs = failure.scope === 'key' && failure.confidence !== 'status';
  if (failure.class === 'budget_exceeded' && isOurs) return EXCEEDED;
  const secret = key.secret.reveal();
  // The key first: what else looks like one may take half of it away.
  const clean = eraseSecret(text, secret);
  const { message: words } = failureIn(parse(clean) ?? clean, response, asked);
  const said = words === undefined ? '' : `: ${words}`;
  const message = `${where}: answered ${status} (${failure.class})${said}`;
  throw new SpendProbeError('status', eraseSecret(message, secret), {
    status,
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
}

function failureIn(
  body: unknown,
  { status, headers }: Response,
  { provider, context: { now } }: Asked,
): Failure {
  return classify({ provider, status, headers, body, now });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function kindOf(text: string, body: unknown): string {
  if (text.trim() === '') return 'an empty body';
  if (/^\s*</.test(text)) return 'HTML';
  return body === undefined ? 'text that is no JSON' : 'another JSON value';
}
