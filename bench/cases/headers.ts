import { readLimits } from 'keypool';
import type { Case } from '../case.js';
import { repeated, timed } from '../timed.js';

/** Learning limits from a response, beside asking for the same headers without reading them. */
export function* headers(): Generator<Case> {
  for (const { row, source } of SOURCES) {
    const facts = { provider: 'anthropic', status: 200, headers: source, now: RECEIVED_AT };
    const learn = repeated(() => readLimits(facts));
    const ask = repeated(() => {
      for (const name of NAMES) source.get(name);
    });
    yield { group: 'headers', row, subject: 'keypool', measure: () => timed(learn, ask) };
  }
}

const RECEIVED_AT = Date.parse('2026-01-01T00:00:00Z');
const LIMITS = anthropicLimits();
const NAMES = [...LIMITS.keys()];
const SOURCES = [
  { row: 'readLimits, 12 headers of Anthropic', source: LIMITS },
  { row: 'readLimits, the same among 7 others', source: crowded() },
];

function anthropicLimits(): Headers {
  const headers = new Headers();
  for (const limit of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
    headers.set(`anthropic-ratelimit-${limit}-limit`, '80000');
    headers.set(`anthropic-ratelimit-${limit}-remaining`, '79000');
    headers.set(`anthropic-ratelimit-${limit}-reset`, '2026-01-01T00:00:59Z');
  }
  return headers;
}

/** With what else comes with a response. */
function crowded(): Headers {
  const headers = anthropicLimits();
  for (const name of [
    'server',
    'cf-ray',
    'request-id',
    'content-type',
    'content-encoding',
    'via',
  ]) {
    headers.set(name, 'whatever stands here');
  }
  headers.set('date', 'Thu, 01 Jan 2026 00:00:00 GMT');
  return headers;
}
