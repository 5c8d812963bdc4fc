import type { Announcer } from './announcer.js';
import type { KeyRecord } from './key-record.js';
import type { Roster } from './roster.js';

/** Who shares limits, by the organisations that answers name. */
export class Organisations {
  readonly #roster: Roster;
  readonly #announce: Announcer;
  /** Which group first reported an organisation, to notice when a second one does. */
  readonly #reportedBy = new Map<string, string>();
  readonly #suspected = new Set<string>();

  constructor(roster: Roster, announce: Announcer) {
    this.#roster = roster;
    this.#announce = announce;
  }

  /** An answer to a call of the key named its organisation. */
  reported(record: KeyRecord, organisation: string, now: number): void {
    // Names of groups are shown, and an answer may say anything.
    if (organisation.includes(record.secret.reveal())) return;
    if (!record.isGroupDeclared) this.#roster.join(record, organisation, now);
    const group = record.group.name;
    const earlier = this.#reportedBy.get(organisation);
    if (earlier === undefined) this.#reportedBy.set(organisation, group);
    else if (earlier !== group) this.#suspect(earlier, group, organisation);
  }

  #suspect(earlier: string, group: string, organisation: string): void {
    const pair = JSON.stringify([earlier, group, organisation]);
    if (this.#suspected.has(pair)) return;
    this.#suspected.add(pair);
    this.#announce.groupSuspected([earlier, group], organisation);
  }
}
