/** More than any where has to say of money; LiteLLM lists a user's keys. */
export const MAX_BYTES = 1_048_576;

/** The body of a response; `undefined` where it is too large. Rejects where it breaks off. */
export function readText(response: Response): Promise<string | undefined> {
  const { body, headers } = response;
  if (body === null) return Promise.resolve('');
  const stated = Number(headers.get('content-length') ?? Number.NaN);
  if (stated > MAX_BYTES) return discarded(body);
  // The quick way, where nothing can be longer than was stated.
  const isStated = stated >= 0 && !headers.has('content-encoding');
  return isStated ? response.text() : readChunks(body);
}

async function readChunks(body: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BYTES) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

async function discarded(body: ReadableStream): Promise<undefined> {
  await body.cancel().catch(() => undefined);
  return undefined;
}
