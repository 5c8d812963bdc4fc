import { isRecord } from '../../core/options.js';
import { type Answer, type Dialect, type Fault, type Prompt, textOf } from './dialect.js';
import { errorBody, faults, invalid } from './openai-faults.js';
import { limitHeaders, refusal } from './openai-limits.js';
import { countInputTokens, readMaxTokens } from './prompt.js';
import { serverSentEvent } from './sse.js';

/** `POST /v1/chat/completions` as api.openai.com answers it; headers and errors as captured in 2023–26. */
export const openai: Dialect = {
  readPrompt(body): Prompt | Fault {
    const { model, messages, stream, stream_options, max_completion_tokens, max_tokens } = body;
    if (typeof model !== 'string' || model === '') {
      return invalid('you must provide a model parameter');
    }
    if (!Array.isArray(messages)) {
      const text = "Missing required parameter: 'messages'.";
      return { ...invalid(text), param: 'messages', code: 'missing_required_parameter' };
    }
    return {
      model,
      inputTokens: countInputTokens(messages),
      maxTokens: readMaxTokens(max_completion_tokens) ?? readMaxTokens(max_tokens) ?? Infinity,
      stream: stream === true,
      includeUsage: isRecord(stream_options) && stream_options['include_usage'] === true,
    };
  },

  commonHeaders: ({ organisation, requestId, elapsedMs }) => ({
    'x-request-id': requestId,
    'openai-version': '2020-10-01',
    'openai-processing-ms': String(Math.round(elapsedMs)),
    ...(organisation !== undefined && { 'openai-organization': organisation }),
  }),

  limitHeaders,
  refusal,
  errorBody,
  faults,

  whole: (answer) => ({
    ...envelope(answer, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: textOf(answer.outputTokens),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishReason(answer),
      },
    ],
    usage: usage(answer),
  }),

  opening: (answer) => chunk(answer, { role: 'assistant', content: '', refusal: null }, null),
  delta: (answer, text) => chunk(answer, { content: text }, null),

  closing: (answer) =>
    chunk(answer, {}, finishReason(answer)) +
    (answer.includeUsage
      ? serverSentEvent({
          ...envelope(answer, 'chat.completion.chunk'),
          choices: [],
          usage: usage(answer),
        })
      : '') +
    'data: [DONE]\n\n',
};

const envelope = (answer: Answer, object: string) => ({
  id: `chatcmpl-${answer.id}`,
  object,
  created: Math.floor(answer.createdAt / 1000),
  model: answer.model,
  service_tier: 'default',
  system_fingerprint: 'fp_keypool',
});

const chunk = (answer: Answer, delta: object, finish: string | null): string =>
  serverSentEvent({
    ...envelope(answer, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(answer.includeUsage && { usage: null }),
  });

const usage = ({ inputTokens, outputTokens }: Answer) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
});

const finishReason = ({ isTruncated }: Answer) => (isTruncated ? 'length' : 'stop');
