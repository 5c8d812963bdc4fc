import { SpendProbeError } from '../../core/errors.js';

/** More than any where has to say of money; LiteLLM lists a user's keys. */
const MAX_BYTES = 1_048_576;

/** Rejects with a SpendProbeError where the body is too large or breaks off. */
export function readText(response: Response, where: string): Promise<string> {
  const { body, headers, status } = response;
  if (body === null) return Promise.resolve('');
  const stated = Number(headers.get('content-length') ?? Number.NaN);
  if (stated > MAX_BYTES) return discarded(body, tooLarge(where, status));
  const isStated = stated >= 0 && !headers.has('content-encoding');
  return isStated ? readStated(response, where) : readChunks(body, where, status);
}

/** The quick way, where nothing can be longer than was stated. */
function readStated(response: Response, where: string): Promise<string> {
  const { status } = response;
  return response.text().then(
    (text) => {
      // HTTP holds a body to what was stated; a `fetch` of the caller's own need not.
      if (text.length > MAX_BYTES) throw tooLarge(where, status);
      return text;
    },
    () => {
      throw brokenOff(where, status);
    },
  );
}

async function readChunks(
  body: ReadableStream<Uint8Array>,
  where: string,
  status: number,
): Promise<string> {
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

async function discarded(body: ReadableStream, error: SpendProbeError): Promise<never> {
  await body.cancel().catch(() => undefined);
  throw error;
}

function brokenOff(where: string, status: number): SpendProbeError {
  return new SpendProbeError('network', `${where}: the answer broke off`, { status });
}

function tooLarge(where: string, status: number): SpendProbeError {
  const message = `${where}: the answer is larger than ${MAX_BYTES} bytes`;
  return new SpendProbeError('too-large', message, { status });
}
