import type { Shortage, Snapshot } from './quota.js';

/** How one provider's API is spoken: everything that differs between the fake's two endpoints. */
export interface Dialect {
  /** What the call asks for, or the error it is answered with. */
  readPrompt(body: Readonly<Record<string, unknown>>): Prompt | Fault;
  /** Sent with every answer. */
  commonHeaders(context: AnswerContext): Headers;
  /** What an answer, or a refusal, says of the limits. */
  limitHeaders(snapshot: Snapshot): Headers;
  errorBody(fault: Fault, requestId: string): unknown;
  /** The 429 of a call that a limit cannot admit. */
  refusal(shortage: Shortage, call: CallNames): Refusal;
  readonly faults: Faults;
  /** The body of an answer that is not streamed. */
  whole(answer: Answer): unknown;
  /** Server-sent events: before the first token, for some text, after the last token. */
  opening(answer: Answer): string;
  delta(answer: Answer, text: string): string;
  closing(answer: Answer): string;
}

export type Headers = Readonly<Record<string, string>>;

/** What a call asks for. */
export interface Prompt {
  readonly model: string;
  /** ceil(characters / 4) of every text in it: the fake's rule where no hint is sent. */
  readonly inputTokens: number;
  readonly maxTokens: number;
  readonly stream: boolean;
  /** OpenAI's `stream_options.include_usage`. */
  readonly includeUsage: boolean;
}

/** An error in the words of a provider. */
export interface Fault {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
}

export interface Refusal {
  readonly fault: Fault;
  readonly headers: Headers;
}

export interface Faults {
  readonly missingKey: Fault;
  invalidKey(key: string): Fault;
  /** The account has no money left. */
  readonly broke: Fault;
  readonly invalidJson: Fault;
  invalidHint(header: string): Fault;
  unknownModel(model: string): Fault;
  /** A failure of the given status, as the provider words it. */
  status(status: number): Fault;
}

export interface CallNames {
  readonly organisation: string;
  readonly model: string;
}

interface AnswerContext {
  readonly organisation: string | undefined;
  readonly requestId: string;
  /** Milliseconds since the request arrived. */
  readonly elapsedMs: number;
}

/** A completion about to be written. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whether the caller's maximum cut it short. */
  readonly isTruncated: boolean;
  readonly includeUsage: boolean;
}

export const isFault = (value: Prompt | Fault): value is Fault => 'status' in value;

/** Text of so many tokens under the fake's own rule: four characters each. */
export const textOf = (tokens: number): string => 'tok '.repeat(tokens);
