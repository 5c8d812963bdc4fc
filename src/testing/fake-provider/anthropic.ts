import { faults, invalid } from './anthropic-faults.js';
import { limitHeaders, refusal } from './anthropic-limits.js';
import { type Answer, type Dialect, type Fault, type Prompt, textOf } from './dialect.js';
import { countInputTokens, readMaxTokens } from './prompt.js';
import { serverSentEvent } from './sse.js';

/** `POST /v1/messages` as platform.claude.com answers it; headers and errors as captured in 2024–26. */
export const anthropic: Dialect = {
  readPrompt(body): Prompt | Fault {
    const { model, messages, system, max_tokens, stream } = body;
    if (typeof model !== 'string' || model === '') return invalid('model: Field required');
    if (!Array.isArray(messages)) return invalid('messages: Field required');
    const maxTokens = readMaxTokens(max_tokens);
    if (maxTokens === undefined) return invalid('max_tokens: Field required');
    const inputTokens = countInputTokens(system, messages);
    return { model, inputTokens, maxTokens, stream: stream === true, includeUsage: true };
  },

  commonHeaders: ({ organisation, requestId }) => ({
    'request-id': requestId,
    ...(organisation !== undefined && { 'anthropic-organization-id': organisation }),
  }),

  limitHeaders,
  refusal,
  faults,

  errorBody: ({ type, message }, requestId) => ({
    type: 'error',
    error: { type, message },
    request_id: requestId,
  }),

  whole: (answer) => ({
    ...message(answer),
    content: [{ type: 'text', text: textOf(answer.outputTokens) }],
    stop_reason: stopReason(answer),
    usage: usage(answer, answer.outputTokens),
  }),

  opening: (answer) =>
    event('message_start', { message: message(answer) }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    event('ping', {}),

  delta: (_answer, text) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),

  closing: (answer) =>
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: stopReason(answer), stop_sequence: null },
      usage: { output_tokens: answer.outputTokens },
    }) +
    event('message_stop', {}),
};

const message = (answer: Answer) => ({
  id: `msg_${answer.id}`,
  type: 'message',
  role: 'assistant',
  model: answer.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: usage(answer, Math.min(1, answer.outputTokens)),
});

const usage = ({ inputTokens }: Answer, outputTokens: number) => ({
  input_tokens: inputTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: outputTokens,
  service_tier: 'standard',
});

const stopReason = ({ isTruncated }: Answer) => (isTruncated ? 'max_tokens' : 'end_turn');

const event = (type: string, data: object): string => serverSentEvent({ type, ...data }, type);
