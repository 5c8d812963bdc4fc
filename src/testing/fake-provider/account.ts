import type { FakeOrganisation } from './options.js';
import { Quota } from './quota.js';
import { Tally } from './tally.js';

/** One organisation: its keys, and the limits that they share. */
export class Account {
  readonly id: string;
  readonly keys: ReadonlyMap<string, Tally>;
  readonly tally = new Tally();
  /** Most specific name first. */
  readonly quotas: readonly Quota[];

  constructor({ id, keys, limits }: FakeOrganisation, now: number) {
    this.id = id;
    this.keys = new Map(keys.map((key) => [key, new Tally()]));
    this.quotas = Object.entries(limits)
      .sort(([a], [b]) => b.length - a.length)
      .map(([model, byModel]) => new Quota(id, model, byModel, now));
  }

  /** The limits that a call to the model is held to; `undefined` when there is no such model. */
  quotaOf(model: string): Quota | undefined {
    return (
      this.quotas.find((quota) => quota.model === model) ??
      this.quotas.find(
        ({ model: name }) => name.endsWith('*') && model.startsWith(name.slice(0, -1)),
      )
    );
  }
}
