import { SpendProbeError } from '../../core/errors.js';

/** More than any provider has to say of money; LiteLLM lists a user's keys. */
const MAX_BYTES = 1_048_576;

/** @throws SpendProbeError where the body is too large or breaks off */
export async function readText(response: Response, provider: string): Promise<string> {
  const { body, status } = response;
  if (body === null) return '';
  const stated = Number(response.headers.get('content-length') ?? Number.NaN);
  if (stated > MAX_BYTES) {
    await body.cancel().catch(() => undefined);
    throw tooLarge(provider, status);
  }
  // The quick way, where nothing can be longer than was stated.
  if (stated >= 0 && !response.headers.has('content-encoding')) {
    return response.text().catch(() => {
      throw brokenOff(provider, status);
    });
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw brokenOff(provider, status);
    });
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BYTES) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(provider, status);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function brokenOff(provider: string, status: number): SpendProbeError {
  return new SpendProbeError('network', `${provider}: the answer broke off`, { status });
}

function tooLarge(provider: string, status: number): SpendProbeError {
  const message = `${provider}: the answer is larger than ${MAX_BYTES} bytes`;
  return new SpendProbeError('too-large', message, { status });
}
