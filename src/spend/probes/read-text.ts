import { SpendProbeError } from '../../core/errors.js';

/** More than any where has to say of money; LiteLLM lists a user's keys. */
const MAX_BYTES = 1_048_576;

/** @throws SpendProbeError where the body is too large or breaks off */
export async function readText(response: Response, where: string): Promise<string> {
  const { body, status } = response;
  if (body === null) return '';
  const stated = Number(response.headers.get('content-length') ?? Number.NaN);
  if (stated > MAX_BYTES) {
    await body.cancel().catch(() => undefined);
    throw tooLarge(where, status);
  }
  // The quick way, where nothing can be longer than was stated.
  if (stated >= 0 && !response.headers.has('content-encoding')) {
    const text = await response.text().catch(() => undefined);
    if (text === undefined) throw brokenOff(where, status);
    // HTTP holds a body to what was stated; a `fetch` of the caller's own need not.
    if (text.length > MAX_BYTES) throw tooLarge(where, status);
    return text;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw brokenOff(where, status);
    });
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BYTES) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(where, status);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function brokenOff(where: string, status: number): SpendProbeError {
  return new SpendProbeError('network', `${where}: the answer broke off`, { status });
}

function tooLarge(where: string, status: number): SpendProbeError {
  const message = `${where}: the answer is larger than ${MAX_BYTES} bytes`;
  return new SpendProbeError('too-large', message, { status });
}
