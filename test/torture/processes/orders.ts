import type { Heard } from '../hearsay.js';

/** What a child process is told to do. */
export interface Order {
  readonly uri: string;
  readonly database: string;
  readonly work:
    | { readonly kind: 'rotate'; readonly keyIds: readonly string[] }
    /** Rotates keys at random until it has heard `rotated` so often. */
    | { readonly kind: 'rush'; readonly rotations: number };
}

/** What a child tells: each outcome as soon as it has it, then that it is done. */
export type News =
  | { readonly kind: 'ready' }
  | { readonly kind: 'heard'; readonly heard: Heard }
  | { readonly kind: 'done' };
