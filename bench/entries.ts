import { readFileSync } from 'node:fs';
import type { Peer } from './case.js';

/** The package's entries: how they are imported, and the names of their files. */
export function entries(): readonly { readonly name: string; readonly file: string }[] {
  const { exports }: { exports: object } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => ({
      name: path.replace('.', 'keypool'),
      file: path === '.' ? 'index' : path.slice(2),
    }));
}

/** Peers that are packages. */
export const packages: readonly Exclude<Peer, 'original loop'>[] = [
  'limiter',
  'rate-limiter-flexible',
  'p-queue',
  'bottleneck',
];
