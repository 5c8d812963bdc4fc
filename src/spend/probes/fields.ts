import { SpendProbeError } from '../../core/errors.js';
import { isRecord } from '../../core/options.js';
import { parseDate } from '../../limits/parse/date.js';
import { amountOf, kindOf } from './amount.js';
import type { Json } from './read-answer.js';

/** Fields of one object in an answer: absent stays absent, and what is no figure is an error. */
export class Fields {
  /** The probe's name, and what it asked: messages begin with it. */
  readonly where: string;
  readonly #path: string;
  readonly #fields: Json;

  constructor(where: string, fields: Json, path = '') {
    this.where = where;
    this.#path = path;
    this.#fields = fields;
  }

  /** @throws SpendProbeError where there is no such object */
  object(name: string): Fields {
    const found = this.optionalObject(name);
    if (found === undefined) throw this.wrong(name, 'an object');
    return found;
  }

  /** The same, but `undefined` where the field is absent or null. */
  optionalObject(name: string): Fields | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return new Fields(this.where, value, this.#pathOf(name));
    throw this.wrong(name, 'an object');
  }

  /** @throws SpendProbeError where there is no such list of objects */
  objects(name: string): readonly Fields[] {
    const values = this.#fields[name];
    if (!Array.isArray(values)) throw this.wrong(name, 'a list');
    return values.map((value, index) => {
      const path = `${name}[${index}]`;
      if (!isRecord(value)) throw this.wrong(path, 'an object', value);
      return new Fields(this.where, value, this.#pathOf(path));
    });
  }

  /** A number, also as a decimal string; `undefined` where the field is absent or null. */
  amount(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    const amount = amountOf(value);
    if (amount === undefined) throw this.wrong(name, 'a number');
    return amount;
  }

  /** The same, of a field that has to be there. */
  required(name: string): number {
    const value = this.amount(name);
    if (value === undefined) throw this.wrong(name, 'a number');
    return value;
  }

  /** A budget: `null` where the field says so. */
  limit(name: string): number | null | undefined {
    return this.#fields[name] === null ? null : this.amount(name);
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

  /** The error of a field that is not what it should be. */
  wrong(name: string, expected: string, value = this.#fields[name]): SpendProbeError {
    const path = this.#pathOf(name);
    const message = `${this.where}: ${path}: expected ${expected}, got ${kindOf(value)}`;
    return new SpendProbeError('body', message);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}
