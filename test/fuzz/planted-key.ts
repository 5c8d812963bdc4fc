import type { FailureFacts } from '../../src/failure/failure.js';
import type { Random } from '../../src/testing/fake-provider/random.js';
import { pick } from './pieces.js';
import { inEvents } from './random-error.js';

/** A response that echoes a key. */
export interface Planted {
  readonly facts: FailureFacts;
  /** What must not be found: the key without what everybody knows of it. */
  readonly secret: string;
}

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALL = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const URL_SAFE = `${ALL}-_`;
const BASE64 = `${ALL}+/`;

type Make = (random: Random) => string;
const of = (prefix: string, alphabet: string, length: number): Make => {
  return (random) => prefix + letters(random, alphabet, length);
};

/** Told by their prefix or by their looks, wherever they stand. */
const KNOWN: readonly Make[] = [
  ...['sk-', 'sk-proj-', 'sk-ant-api03-', 'sk-or-v1-', 'gsk_', 'xai-', 'hf_', 'r8_', 'tvly-'].map(
    (prefix) => of(prefix, URL_SAFE, 32),
  ),
  ...['pplx-', 'nvapi-', 'glpat-', 'ghp_', 'github_pat_', 'csk-', 'jina_', 'pcsk_', 'fw_'].map(
    (prefix) => of(prefix, ALL, 30),
  ),
  of('sk-', ALL, 16),
  of('AIzaSy', URL_SAFE, 33),
  of('AKIA', `${UPPER}234567`, 16),
  of('', HEX, 32),
  of('', HEX, 64),
  of('', URL_SAFE, 43),
  of('', BASE64, 40),
  (random) =>
    `eyJ${letters(random, ALL, 33)}.eyJ${letters(random, ALL, 60)}.${letters(random, URL_SAFE, 43)}`,
  (random) => `${letters(random, HEX, 32)}.${letters(random, ALL, 16)}`,
];

/** Told by the name before them only. */
const UNKNOWN: readonly Make[] = [
  (random) => [8, 4, 4, 4, 12].map((length) => letters(random, HEX, length)).join('-'),
  of('', ALL, 12),
  of('', HEX, 16),
  of('', UPPER.toLowerCase(), 18),
];

/** `%` is the key. */
const ANYWHERE = [
  ...['Bad credentials %', 'The key % was refused.', '(%)', '%', 'Received `%`', 'x %, y', '<%>'],
  ...['See https://api.example/v1?a=1&k=%&b=2', '%: not found', 'a\n%\nb', '"%"', "'%' is unknown"],
];
const BY_NAME = [
  ...[
    'Incorrect API key provided: %. You can',
    'api_key=%&q=1',
    'API_KEY: %',
    'key="%"',
    '"key":"%"',
  ],
  ...['Authorization: Bearer %', 'AUTHORIZATION: BEARER %', 'Authorization: Token %', 'token: %'],
  ...['x-api-key: %', 'X-Goog-Api-Key:%', 'apiKey=%', 'access_token=%;', 'client_secret: "%"'],
  ...[
    '?key=%',
    'https://api.example/?api_key=%#top',
    'https://user:%@proxy.example/',
    'password=%',
  ],
  ...['{\\"api_key\\":\\"%\\"}', 'key%3D%&', "Consumer 'api_key:%' has", 'Bearer % is expired'],
];

/** A response with a key somewhere in its error. */
export function plantedKey(random: Random): Planted {
  const isNamed = random.next() < 0.5;
  const key = pick(random, isNamed ? [...KNOWN, ...UNKNOWN] : KNOWN)(random);
  const place = pick(random, isNamed ? BY_NAME : [...ANYWHERE, ...BY_NAME]);
  const written = random.next() < 0.1 ? wrapped(key, random) : key;
  // Not by a pattern: a key may hold `$&`.
  const text = place
    .split('%3D')
    .map((part) => part.split('%').join(written))
    .join('%3D');
  const before = 'word '.repeat(random.next() < 0.2 ? random.integer([0, 900]) : 0);
  return {
    facts: {
      status: pick(random, [400, 401, 403, 429, 500]),
      headers: {},
      body: bodyOf(random, before + text),
      now: 0,
    },
    secret: key,
  };
}

/** As a terminal breaks it, in the second half of the key. */
function wrapped(key: string, random: Random): string {
  if (key.length < 32) return key;
  const at = random.integer([24, key.length - 4]);
  return `${key.slice(0, at)}\n${key.slice(at)}`;
}

function bodyOf(random: Random, message: string): unknown {
  const code = random.next() < 0.1 ? message.slice(-150) : 'bad';
  const error = { message, type: code, code };
  const text = JSON.stringify({ error });
  const bodies = [
    { error },
    text,
    message,
    { error: message },
    { detail: [{ message }] },
    [{ error }],
    { errors: [message] },
    { error: { message: text } },
    inEvents(random, text),
    // Cut inside the key, or behind it.
    text.slice(0, random.integer([Math.max(20, text.length - 120), text.length])),
    `${text}${'x'.repeat(70_000)}`,
  ];
  return pick(random, bodies);
}

function letters(random: Random, alphabet: string, length: number): string {
  let text = '';
  while (text.length < length) text += alphabet.charAt(Math.floor(random.next() * alphabet.length));
  return text;
}
