import type { SoundCall } from './call-record.js';
import type { HostStats, KeyStats, StatsSnapshot } from './call-stats.js';
import { type TallyRow, TallyShelf } from './tally-shelf.js';

const OTHERS = 'others';

/** Every call twice: at its host and at its key. */
export class Ledger {
  readonly #hosts: TallyShelf;
  readonly #keys: TallyShelf;
  #requests = 0;

  /** @param maxKeys holds for hosts as well */
  constructor(maxKeys: number) {
    this.#hosts = new TallyShelf(maxKeys);
    this.#keys = new TallyShelf(maxKeys);
  }

  get requests(): number {
    return this.#requests;
  }

  add(call: SoundCall): void {
    this.#requests += 1;
    this.#hosts.row(call.host, '').tally.add(call);
    const key = this.#keys.row(call.host, call.id);
    key.group = call.group;
    key.tally.add(call);
  }

  /** Adds what the other ledger counted, which was in use later than this one. */
  absorb(other: Ledger): void {
    this.#requests += other.#requests;
    this.#hosts.absorb(other.#hosts);
    this.#keys.absorb(other.#keys);
  }

  /** A frozen copy. */
  stats(): StatsSnapshot {
    const hosts = Array.from(this.#hosts, hostStats);
    const keys = Array.from(this.#keys, keyStats);
    const { others: otherHosts } = this.#hosts;
    const { others: otherKeys } = this.#keys;
    if (otherHosts !== undefined) {
      hosts.push(Object.freeze({ host: OTHERS, ...otherHosts.stats() }));
    }
    if (otherKeys !== undefined) {
      const name = { id: OTHERS, group: OTHERS, host: OTHERS };
      keys.push(Object.freeze({ ...name, ...otherKeys.stats() }));
    }
    return { hosts: Object.freeze(hosts), keys: Object.freeze(keys) };
  }
}

function hostStats({ host, tally }: TallyRow): HostStats {
  return Object.freeze({ host, ...tally.stats() });
}

function keyStats({ id, group, host, tally }: TallyRow): KeyStats {
  return Object.freeze({ id, group, host, ...tally.stats() });
}
