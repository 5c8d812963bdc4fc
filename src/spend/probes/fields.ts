import { SpendProbeError } from '../../core/errors.js';
import { isRecord } from '../../core/options.js';
import { parseDate } from '../../limits/parse/date.js';
import type { Json } from './get-json.js';

/** Decimal digits as DeepSeek writes its balances, perhaps below zero. */
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,18})?$/;

/** Fields of one object in an answer: absent stays absent, and what is no figure is an error. */
export class Fields {
  readonly #provider: string;
  readonly #path: string;
  readonly #fields: Json;

  constructor(provider: string, fields: Json, path = '') {
    this.#provider = provider;
    this.#path = path;
    this.#fields = fields;
  }

  /** @throws SpendProbeError where there is no such object */
  object(name: string): Fields {
    const value = this.#fields[name];
    if (isRecord(value)) return new Fields(this.#provider, value, this.#pathOf(name));
    throw this.#wrong(name, 'an object', value);
  }

  /** @throws SpendProbeError where there is no such list of objects */
  objects(name: string): readonly Fields[] {
    const values = this.#fields[name];
    if (!Array.isArray(values)) throw this.#wrong(name, 'a list', values);
    return values.map((value, index) => {
      const path = `${name}[${index}]`;
      if (!isRecord(value)) throw this.#wrong(path, 'an object', value);
      return new Fields(this.#provider, value, this.#pathOf(path));
    });
  }

  /** A number, also as a decimal string; `undefined` where the field is absent or null. */
  amount(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
    throw this.#wrong(name, 'a number', value);
  }

  /** The same, of a field that has to be there. */
  required(name: string): number {
    const value = this.amount(name);
    if (value === undefined) throw this.#wrong(name, 'a number', this.#fields[name]);
    return value;
  }

  /** A budget: `null` where the field says so, and above what the provider takes for endless. */
  limit(name: string, endless = Infinity): number | null | undefined {
    if (this.#fields[name] === null) return null;
    const value = this.amount(name);
    return value !== undefined && value >= endless ? null : value;
  }

  /** Text that is not empty; `undefined` for anything else. */
  text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  isFalse(name: string): boolean {
    return this.#fields[name] === false;
  }

  /** Epoch milliseconds of a date; `undefined` where it is none. */
  date(name: string): number | undefined {
    return parseDate(this.text(name) ?? '');
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #wrong(name: string, expected: string, value: unknown): SpendProbeError {
    const path = this.#pathOf(name);
    const message = `${this.#provider}: ${path}: expected ${expected}, got ${kindOf(value)}`;
    return new SpendProbeError('body', message);
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
