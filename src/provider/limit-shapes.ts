import type { Dimension } from '../key/key.js';
import type { Provider } from './provider.js';

type Shape = NonNullable<Provider['defaults'][Dimension]>;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A limit regained all the time: the whole of it in `windowMs`. */
export const refillOver = (windowMs: number): Shape => ({ windowMs, kind: 'refill' });

/** A limit that comes back all at once, every `windowMs`. */
export const windowOf = (windowMs: number): Shape => ({ windowMs, kind: 'window' });
