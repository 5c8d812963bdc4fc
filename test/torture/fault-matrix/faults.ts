import type { Fault } from '../../helpers/wire-server/faults.js';

export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
  /** Which steps it can happen to. @defaultValue all */
  readonly steps?: readonly string[];
  /** Only where something is written. */
  readonly writesOnly?: boolean;
}

const notPrimary = {
  kind: 'fail',
  code: 10107,
  codeName: 'NotWritablePrimary',
  labels: ['RetryableWriteError'],
} as const;
const conflict = { kind: 'fail', code: 112, codeName: 'WriteConflict' } as const;
const timeout = { kind: 'fail', code: 50, codeName: 'MaxTimeMSExpired' } as const;
const other = { kind: 'fail', code: 1, codeName: 'InternalError' } as const;
const duplicate = { kind: 'fail', code: 11000, codeName: 'DuplicateKey' } as const;

/** What can go wrong with one command. An error says the same of a read, before it or after it. */
export const FAULTS: readonly NamedFault[] = [
  { name: 'an error before it', fault: { ...other, when: 'before' } },
  { name: 'an error after it', fault: { ...other, when: 'after' }, writesOnly: true },
  { name: 'the connection closes before it', fault: { kind: 'close', when: 'before' } },
  { name: 'the connection closes after it', fault: { kind: 'close', when: 'after' } },
  { name: 'the primary steps down before it', fault: { ...notPrimary, when: 'before' } },
  {
    name: 'the primary steps down after it',
    fault: { ...notPrimary, when: 'after' },
    writesOnly: true,
  },
  { name: 'a write conflict', fault: { ...conflict, when: 'before' }, writesOnly: true },
  { name: 'its time is up before it', fault: { ...timeout, when: 'before' } },
  { name: 'its time is up after it', fault: { ...timeout, when: 'after' }, writesOnly: true },
  {
    name: 'the write concern is not met',
    fault: { kind: 'failWriteConcern', code: 64 },
    writesOnly: true,
  },
  {
    // A retry that the server takes for a new write meets what the first try left.
    name: 'a duplicate of what it wrote itself',
    fault: { ...duplicate, when: 'after' },
    steps: ['record (S5)'],
  },
];
