import type { Case } from './case.js';
import { lostRows, sharedRows } from './peer-rows.js';
import type { Result, Results } from './results.js';
import { figureOf, type Table, times } from './table.js';

/** Where the pool is meant to stand. Printed, and asserted by no test. */
interface Goal {
  readonly name: string;
  readonly limit: number;
  /** `undefined` when what it needs was not measured. */
  readonly measure: (results: Results) => number | undefined;
  readonly print: (figure: number) => string;
}

/** Each goal with its figure. */
export function goalTable(results: Results): Table {
  const rows = GOALS.map(({ name, limit, measure, print }) => {
    const figure = measure(results);
    if (figure === undefined) return [name, print(limit), '', 'not measured'];
    return [name, print(limit), print(figure), figure <= limit ? 'pass' : 'miss'];
  });
  const shared = sharedRows(results);
  const lost = lostRows(shared);
  const peers = [
    `rows in which a peer is faster, of ${shared.length}`,
    '0',
    `${lost.length}`,
    lost.length === 0 ? 'pass' : 'miss',
  ];
  return [['goal', 'at most', 'figure', ''], ...rows, peers];
}

/** Whether a goal looks at the case. */
export function isForGoals({ group, row, subject, isExtra }: Case): boolean {
  if (isExtra === true) return false;
  if (group === 'size') return row === 'keypool, minified' && subject === 'keypool';
  if (group === 'import') return row === 'keypool' && subject === 'keypool';
  if (group === 'memory') return subject === 'keypool';
  if (group === 'choose') return MAIN.some((selector) => row.startsWith(`${selector},`));
  return ['refuse', 'await', 'wait'].includes(group);
}

const MAIN = ['roundRobin', 'leastLoaded'] as const;
const SHARES = [0, 50, 90, 99];
const TO_B0 = { roundRobin: 3, leastLoaded: 4 };

const GOALS: readonly Goal[] = [
  ...MAIN.flatMap((selector) =>
    SHARES.map((share) => {
      const row = `${selector}, 10,000 keys, ${share} % exhausted`;
      return toBare('choose', row, TO_B0[selector]);
    }),
  ),
  ...MAIN.map(
    (selector): Goal => ({
      name: `${selector}: 100,000 keys, 99 % exhausted ÷ 10 keys, 0 %`,
      limit: 1.5,
      measure: (results) => {
        const many = ratio(results, 'choose', `${selector}, 100,000 keys, 99 % exhausted`);
        const few = ratio(results, 'choose', `${selector}, 10 keys, 0 % exhausted`);
        return quotient(many, few);
      },
      print: times,
    }),
  ),
  {
    name: 'a tryAcquire that fails, the worst of all rows, to B0',
    limit: 1.5,
    measure: (results) => {
      const rows = results.all.filter(isOwn('refuse'));
      return worst(rows.flatMap(({ ratio }) => ratio ?? []));
    },
    print: times,
  },
  {
    name: 'await acquire() ÷ tryAcquire, the worst of all rows',
    limit: 2.5,
    measure: (results) => {
      const rows = results.all.filter(isOwn('await'));
      const quotients = rows.flatMap((row) => {
        const plain = row.row.replace('await acquire()', '0 % exhausted');
        return quotient(row.ratio, ratio(results, 'choose', plain)) ?? [];
      });
      return worst(quotients);
    },
    print: times,
  },
  ...['10,000', '100,000'].map((callers) => {
    const row = `${callers} callers, a deadline each`;
    return figure('wait', row, 4, (value) => `${figureOf(value, 'µs')} µs`);
  }),
  figure('memory', '100,000 keys, four limits, each used once', 600, (value) => {
    return `${figureOf(value, 'bytes')} bytes`;
  }),
  figure('size', 'keypool, minified', 20, (value) => `${figureOf(value, 'kB')} kB`),
  {
    name: 'import of keypool ÷ an empty module and eventemitter3',
    limit: 1.5,
    measure: (results) => ratio(results, 'import', 'keypool'),
    print: times,
  },
];

function toBare(group: string, row: string, limit: number): Goal {
  const measure = (results: Results) => ratio(results, group, row);
  return { name: `${row}, to B0`, limit, measure, print: times };
}

function figure(group: string, row: string, limit: number, print: Goal['print']): Goal {
  const measure = (results: Results) => results.find(group, row)?.value;
  return { name: row, limit, measure, print };
}

function isOwn(group: string): (result: Result) => boolean {
  return (result) => result.group === group && result.subject === 'keypool';
}

function ratio(results: Results, group: string, row: string): number | undefined {
  return results.find(group, row)?.ratio;
}

function quotient(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function worst(figures: readonly number[]): number | undefined {
  return figures.length === 0 ? undefined : Math.max(...figures);
}
