import { expect, it } from 'vitest';
import { isErrorBody, readEnvelope } from '../../src/failure/envelope.js';

it.each([
  ['an object', { error: { code: 'x', message: 'no' } }],
  ['a string for error', { code: 'x', error: 'no' }],
  ['an object in an object', { error: { error: { code: 'x', message: 'no' } } }],
  ['a detail', { detail: { code: 'x', message: 'no' } }],
  ['a list of errors', { errors: [{ code: 'x', detail: 'no' }] }],
  ['the top level', { code: 'x', message: 'no' }],
  ['an array around all', [{ error: { code: 'x', message: 'no' } }]],
  ['JSON in a message', { error: { message: '{"error":{"code":"x","message":"no"}}' } }],
  ['text that is JSON', '{"error":{"code":"x","message":"no"}}'],
  ['an event', 'event: error\ndata: {"error":{"code":"x","message":"no"}}\n\n'],
  [
    'a failed response',
    'data: {"type":"response.failed","response":{"error":{"code":"x","message":"no"}}}',
  ],
  ['other names', { err_code: 'x', err_msg: 'no' }],
  ['Amazon’s capitals', { code: 'x', Message: 'no' }],
  ['a GraphQL extension', { errors: [{ message: 'no', extensions: { code: 'x' } }] }],
  ['an object for message', { message: { code: 'x', error: 'no' } }],
  ['JSON in a message, seven deep', deep({ code: 'x', message: 'no' })],
  ['JSON cut short', '{"error":{"code":"x","message":"no"},"metadata":{"pro'],
])('reads code and message out of %s', (_, body) => {
  const { codes, texts } = readEnvelope(body);
  expect(codes).toContain('x');
  expect(texts).toContain('no');
});

function deep(error: object): object {
  return {
    error: { message: JSON.stringify([{ error: { details: [{ violations: [error] }] } }]) },
  };
}

it('takes texts out of a list, and numbers for codes', () => {
  const { texts, codes } = readEnvelope({ errors: ['no', 'never'], code: 1308 });
  expect(texts).toEqual(['no', 'never']);
  expect(codes).toEqual(['1308']);
});

it('sees an error in what MiniMax answers 200 to', () => {
  expect(isErrorBody({ base_resp: { status_code: 1008, status_msg: 'no' } })).toBe(true);
  expect(isErrorBody({ base_resp: { status_code: 0, status_msg: '' } })).toBe(false);
});

it('sees none in what cannot be read', () => {
  const trap = {
    get error() {
      throw new Error('trap');
    },
  };
  expect(isErrorBody(trap)).toBe(false);
});

it('leaves out the word in which JSON is cut short, it might be half a key', () => {
  expect(readEnvelope('{"error":{"message":"Incorrect key: sk-a').texts).toEqual([
    'Incorrect key:',
  ]);
  expect(readEnvelope('{"error":{"message":"a key sk-a\\nbc').texts).toEqual(['a key']);
});

it('takes plain text for the message', () => {
  expect(readEnvelope('Bad gateway').texts).toEqual(['Bad gateway']);
});

it('reads a problem document', () => {
  const { texts, status } = readEnvelope({
    title: 'Too Many Requests',
    detail: 'Wait',
    status: 429,
  });
  expect(texts).toEqual(['Wait', 'Too Many Requests']);
  expect(status).toBe(429);
});

it('reads no more than 64 KiB, however large the body', () => {
  const message = 'x'.repeat(10_000);
  const body = { errors: Array.from({ length: 1000 }, () => ({ message, error: message })) };
  const { texts } = readEnvelope(body);
  expect(texts.join('').length).toBeLessThanOrEqual(65_536);
  expect(readEnvelope('y'.repeat(1_000_000)).texts.join('').length).toBeLessThanOrEqual(65_536);
});

it('survives a body that holds itself', () => {
  const body: Record<string, unknown> = { message: 'round' };
  body['error'] = body;
  body['errors'] = [body, body];
  expect(readEnvelope(body).texts[0]).toBe('round');
});
