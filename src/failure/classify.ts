import { eraseSecret } from '../core/erase-secret.js';
import { type HeaderReader, headerReader } from '../limits/headers.js';
import { type Envelope, isErrorBody, readEnvelope } from './envelope.js';
import type { Failure, FailureFacts } from './failure.js';
import { byBuiltInRules, byOwnRules, type Finding, type Signs } from './match-rules.js';
import { scrub } from './scrub.js';
import { byStatus } from './status-fallback.js';
import { verdict } from './verdict.js';
import { withoutEchoes } from './without-echoes.js';

/**
 * What a response says of the key, the group, the host or the caller. Total: an unreadable body
 * leaves the status to decide, and an unreadable response harms nobody.
 */
export function classify(facts: FailureFacts): Failure {
  try {
    return decide(facts);
  } catch {
    return { class: 'bad_request', scope: 'none', confidence: 'status' };
  }
}

function decide(facts: FailureFacts): Failure {
  const isSuccess = facts.status >= 200 && facts.status < 300;
  if (isSuccess && !isErrorBody(facts.body)) {
    return { class: 'ok', scope: 'none', confidence: 'status' };
  }
  const envelope = readEnvelope(facts.body);
  const header = headerReader(facts.headers);
  const written = signsOf(facts, envelope, header, isSuccess);
  const { status } = written;
  const signs = { ...written, text: withoutEchoes(envelope.texts, status).join('\n') };
  const finding: Finding =
    byOwnRules(facts.rules, written) ?? byBuiltInRules(signs) ?? byStatus(status, isSuccess);
  return {
    ...verdict(facts, { envelope, header, signs, finding }),
    confidence: finding.confidence,
    ...codeAndMessage(finding, signs, envelope, facts),
  };
}

function signsOf(
  facts: FailureFacts,
  envelope: Envelope,
  header: HeaderReader,
  isSuccess: boolean,
): Signs {
  // Bedrock names its errors in a header: `ThrottlingException:http://…`.
  const amazonType = header('x-amzn-errortype')?.split(':')[0];
  return {
    provider: typeof facts.provider === 'string' ? facts.provider.toLowerCase() : '',
    status: isSuccess ? (envelope.status ?? 0) : facts.status,
    codes: amazonType === undefined ? envelope.codes : [amazonType, ...envelope.codes],
    text: envelope.texts.join('\n'),
    isRelayed: envelope.isRelayed,
  };
}

const MAX_CODE = 200;

function codeAndMessage(
  finding: Finding,
  signs: Signs,
  envelope: Envelope,
  { secret }: FailureFacts,
): Pick<Failure, 'code' | 'message'> {
  // The key first: what else looks like one may take half of it away.
  const clean = (words: string) =>
    scrub(secret === undefined ? words : eraseSecret(words, secret.reveal()));
  const code = finding.code ?? signs.codes.find((candidate) => !/^\d+$/.test(candidate));
  const message = clean(envelope.texts[0] ?? '');
  return {
    ...(code === undefined ? {} : { code: clean(code).slice(0, MAX_CODE) }),
    ...(message === '' ? {} : { message }),
  };
}
