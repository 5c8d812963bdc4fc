import type { Clock } from '../../src/core/clock.js';
import {
  type FakeProvider,
  startFakeProvider,
} from '../../src/testing/fake-provider/fake-provider.js';
import type { FakeLimits, FakeProviderOptions } from '../../src/testing/fake-provider/options.js';

/** Time that moves when the test says so; real sockets go on meanwhile. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  /** Moves to `ms` from now; timers due by then fire, each at its own instant. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.clearTimer(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

/** Lets sockets work until the condition holds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const KEY = 'sk-fake-a1';
export const SIBLING = 'sk-fake-a2';

/** One organisation, `org-a`, with two keys and the given limits on every model. */
export function oneOrganisation(
  limits: FakeLimits,
  options: Omit<FakeProviderOptions, 'organisations'> = {},
): Promise<FakeProvider> {
  const organisation = { id: 'org-a', keys: [KEY, SIBLING], limits: { '*': limits } };
  return startFakeProvider({ organisations: [organisation], ...options });
}

export interface Ask {
  readonly key?: string;
  readonly model?: string;
  readonly input?: number;
  readonly output?: number;
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
}

/** An Anthropic call; input and output tokens are exact. */
export function askAnthropic({ url }: FakeProvider, ask: Ask = {}): Promise<Response> {
  const { model = 'claude-fake', stream = false } = ask;
  const body = { model, stream, max_tokens: 100_000, messages: [{ role: 'user', content: 'Hi' }] };
  return post(`${url}/v1/messages`, body, ask);
}

/** An OpenAI call; input and output tokens are exact. */
export function askOpenai({ url }: FakeProvider, ask: Ask = {}): Promise<Response> {
  const { model = 'gpt-fake', stream = false } = ask;
  const body = { model, stream, messages: [{ role: 'user', content: 'Hi' }] };
  return post(`${url}/v1/chat/completions`, body, ask);
}

function post(url: string, body: unknown, ask: Ask): Promise<Response> {
  const { key = KEY, input = 1, output = 1, signal } = ask;
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'x-fake-input-tokens': String(input),
      'x-fake-output-tokens': String(output),
    },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

/** The `error` of a provider's error body. */
export async function errorOf(response: Response): Promise<Record<string, unknown>> {
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  return error;
}

export const perMinute = (limit: number) => ({ limit, windowMs: 60_000 });
