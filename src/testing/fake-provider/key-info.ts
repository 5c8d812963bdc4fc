import type { ServerResponse } from 'node:http';
import type { Fault } from './dialect.js';
import { sendJson } from './http.js';
import { openai } from './openai.js';
import { errorBody } from './openai-faults.js';
import { unknownToken } from './spend.js';
import type { State } from './state.js';
import { until } from './until.js';

/** Answers LiteLLM's `/key/info` for the caller's own key: neither limited nor counted. */
export async function answerKeyInfo(
  state: State,
  response: ServerResponse,
  key: string | undefined,
): Promise<void> {
  const { clock } = state.settings;
  const headers = { date: new Date(clock.now()).toUTCString() };
  const fail = (fault: Fault) => sendJson(response, fault.status, errorBody(fault), headers);
  const organisation = state.accountOf(key)?.id;
  if (key === undefined || organisation === undefined) return fail(unknownToken);

  const model = undefined;
  const rule = state.misbehaviours.find({ key, organisation, model, endpoint: 'spend' });
  rule?.use();
  const how = rule?.how;
  if (how === 'stall') return;
  if (how === 'die' || how === 'drop') return void response.destroy();
  if (how === 'invalid-key') return fail(unknownToken);
  if (how === 'broke') return fail(openai.faults.broke);
  if (typeof how === 'object' && 'status' in how) return fail(openai.faults.status(how.status));
  if (typeof how === 'object' && !(await until(clock, clock.now() + how.slowMs, response))) return;
  sendJson(response, 200, state.spend.info(key), headers);
}
