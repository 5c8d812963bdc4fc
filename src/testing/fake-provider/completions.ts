import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../core/options.js';
import type { Call } from './call.js';
import { deliverStream, deliverWhole } from './delivery.js';
import { type Answer, type Fault, isFault, type Prompt } from './dialect.js';
import { parseJson, readHint } from './http.js';
import type { Misbehaviour } from './misbehaviour.js';
import type { Needs, Quota, Snapshot } from './quota.js';
import type { State } from './state.js';

/** Answers one completion: may this key call, do the limits admit it, what goes wrong, the answer. */
export async function answerCompletion(
  state: State,
  call: Call,
  request: IncomingMessage,
  body: string,
): Promise<void> {
  const { key, account, dialect } = call;
  if (key === undefined) return call.fail('rejected', dialect.faults.missingKey);
  if (account === undefined) return call.fail('rejected', dialect.faults.invalidKey(key));
  const order = readOrder(state, call, request, body);
  if (isFault(order)) return call.fail('rejected', order);
  const quota = account.quotaOf(order.model);
  if (quota === undefined) return call.fail('rejected', dialect.faults.unknownModel(order.model));

  const { organisation } = quota;
  const { model } = order;
  const rule = state.misbehaviours.find({ key, organisation, model, endpoint: 'completions' });
  if (rule?.how === 'invalid-key' || rule?.how === 'broke') {
    rule.use();
    const { faults } = dialect;
    return call.fail('misbehaved', rule.how === 'broke' ? faults.broke : faults.invalidKey(key));
  }
  const overBudget = state.spend.overBudget(key);
  if (overBudget !== undefined) return call.failAsProxy('rejected', overBudget);

  const snapshot = admit(state, call, quota, order);
  if (snapshot === undefined) return;
  rule?.use();
  await deliver(state, call, quota, order, snapshot, rule?.how);
}

/** A prompt, with the length of its answer settled. */
interface Order extends Prompt {
  readonly outputTokens: number;
  readonly isTruncated: boolean;
}

function readOrder(
  { random, settings }: State,
  { dialect }: Call,
  { headers }: IncomingMessage,
  body: string,
): Order | Fault {
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return dialect.faults.invalidJson;
  const prompt = dialect.readPrompt(parsed);
  if (isFault(prompt)) return prompt;
  const input = readHint(headers, INPUT_HINT);
  const output = readHint(headers, OUTPUT_HINT);
  if (input === 'invalid') return dialect.faults.invalidHint(INPUT_HINT);
  if (output === 'invalid') return dialect.faults.invalidHint(OUTPUT_HINT);
  const wanted = output ?? random.integer(settings.outputTokens);
  return {
    ...prompt,
    inputTokens: input ?? prompt.inputTokens,
    outputTokens: Math.min(wanted, prompt.maxTokens),
    isTruncated: wanted > prompt.maxTokens,
  };
}

const INPUT_HINT = 'x-fake-input-tokens';
const OUTPUT_HINT = 'x-fake-output-tokens';

/**
 * Charges the limits, all or none, and says what is left of them. A call that does not fit is refused
 * and answered.
 */
function admit(
  { settings }: State,
  call: Call,
  quota: Quota,
  { model, inputTokens, outputTokens }: Order,
): Snapshot | undefined {
  const now = settings.clock.now();
  // The fake knows how long its answer will be, so it charges `tokens` with the truth at once.
  // OpenAI charges max(max_tokens, a guess from the characters) and gives nothing back.
  const tokens = inputTokens + outputTokens;
  const needs: Needs = { requests: 1, inputTokens, outputTokens: 'any', tokens };
  const shortages = quota.shortages(needs, now);
  if (shortages.length > 0) call.overrun(shortages.map(({ dimension }) => dimension));
  if (shortages.length > 0 && settings.enforce) {
    const longest = shortages.reduce((a, b) => (b.waitMs > a.waitMs ? b : a));
    const { organisation } = quota;
    const { fault, headers } = call.dialect.refusal(longest, { organisation, model });
    const limits = call.dialect.limitHeaders(quota.snapshot(now));
    call.fail('refused', fault, { ...limits, ...headers });
    return undefined;
  }
  quota.charge(needs, now);
  return quota.snapshot(now);
}

/** Writes the answer to an admitted call, or lets it go wrong. */
async function deliver(
  { settings, random, spend }: State,
  call: Call,
  quota: Quota,
  order: Order,
  snapshot: Snapshot,
  how: Misbehaviour | undefined,
): Promise<void> {
  const { response, dialect, key } = call;
  if (how === 'stall' || how === 'die') {
    call.end('misbehaved');
    if (how === 'die') response.destroy();
    return;
  }
  if (typeof how === 'object' && 'status' in how) {
    return call.fail('misbehaved', dialect.faults.status(how.status));
  }
  const { clock, tokensPerSecond, latencyMs } = settings;
  const now = clock.now();
  const slowMs = typeof how === 'object' ? how.slowMs : 0;
  const answer: Answer = { ...order, id: random.id('01'), createdAt: now };
  let hasOverrun = false;
  const outcome = await (order.stream ? deliverStream : deliverWhole)({
    response,
    dialect,
    answer,
    headers: () => ({ ...call.headers(), ...dialect.limitHeaders(snapshot) }),
    clock,
    startsAt: now + random.integer(latencyMs) + slowMs,
    tokensPerSecond,
    isDropped: how === 'drop',
    meter(tokens) {
      if (quota.meterOutput(tokens, clock.now()) || hasOverrun) return;
      hasOverrun = true;
      call.overrun(['outputTokens']);
    },
  });
  call.end(outcome);
  if (outcome === 'served' && key !== undefined) spend.charge(key);
}
