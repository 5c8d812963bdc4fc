import type { Secret } from '../core/secret.js';
import type { SpendView } from '../spend/spend-probe.js';

/** How much a provider allows in a stretch of time. */
export interface Rate {
  /** Units (requests or tokens) per window; also the largest burst. */
  readonly limit: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  /**
   * `refill`: regained continuously, full at the start. `window`: all at once, at the window's end.
   * @defaultValue 'refill'
   */
  readonly kind?: LimitKind;
}

export type LimitKind = 'refill' | 'window';

/** The limits of one quota group (or of one model class in it). Absent means unknown, not unlimited. */
export interface Limits {
  readonly requests?: Rate;
  /** Input and output together, where the provider counts them so. */
  readonly tokens?: Rate;
  readonly inputTokens?: Rate;
  readonly outputTokens?: Rate;
  /** Leases out at the same time. */
  readonly concurrency?: number;
}

/** One credential, as the caller states it. */
export interface KeyOptions {
  /** Unique within the pool; shown in events, errors and views. @defaultValue `key-1`, `key-2`, … */
  readonly id?: string;
  readonly secret: string | Secret;
  /**
   * Name of the quota group: keys of one organisation usually share its limits.
   * @defaultValue discovered from the provider's headers; until then the key stands alone
   */
  readonly group?: string;
  /** Limits of the key's group, ceilings for what is learned. @defaultValue the pool's `limits` */
  readonly limits?: Limits;
  /** Limits by model, or model class; a dimension stated here replaces the one in `limits`. */
  readonly modelLimits?: Readonly<Record<string, Limits>>;
  /** Share of the traffic under `weighted()`. @defaultValue 1 */
  readonly weight?: number;
  /** Under `tiered()`, lower tiers serve first. @defaultValue 0 */
  readonly tier?: number;
  /** For adapters that send each key through its own proxy. */
  readonly proxyUrl?: string;
  /** Free text of the caller's, returned in views. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * `ready`: can serve a call now, though perhaps not a large one. `limited`: its limits are used up, it
 * waits for them. `cooling`: the provider refused it or its host, it rests. `draining`: it is being
 * removed or replaced. `exhausted`: the provider will not have it any more. `disabled`: by the caller.
 */
export type KeyState = 'ready' | 'cooling' | 'limited' | 'draining' | 'exhausted' | 'disabled';

/** What the pool knows of one limit at one instant. */
export interface LimitView {
  readonly limit: number;
  readonly windowMs: number;
  readonly kind: LimitKind;
  /** What can be taken now; negative while a debt is waited off. */
  readonly remaining: number;
  /** Whether the caller stated it, a response taught it, or both. */
  readonly source: 'configured' | 'learned';
}

/** A rest on record, as shown to the caller. */
export interface CooldownView {
  readonly scope: CooldownScope;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly reason: string;
  /** What ran out, where the response says so. */
  readonly dimension?: Dimension;
  /** `stated`: the provider named the wait. `guessed`: the pool chose it. */
  readonly source: 'stated' | 'guessed';
}

/**
 * Who rests: a key or a quota group, for one model class (`-model`) or for all, or every key of the
 * host.
 */
export type CooldownScope = 'key' | 'key-model' | 'group' | 'group-model' | 'host';

/** A frozen copy of what the pool knows of one key. Never holds the secret. */
export interface KeyView {
  readonly id: string;
  readonly state: KeyState;
  readonly group: string;
  /** Share of the tightest limit in use, 0 to 1. */
  readonly load: number;
  /** Leases out. */
  readonly inFlight: number;
  readonly weight: number;
  readonly tier: number;
  readonly proxyUrl?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Known limits by model class, then by dimension. */
  readonly limits: Readonly<Record<string, Readonly<Partial<Record<Dimension, LimitView>>>>>;
  readonly cooldowns: readonly CooldownView[];
  /**
   * When a lease of it was last given out or came back, in epoch milliseconds; absent before. Of one
   * that came back unnoticed, when somebody first looked.
   */
  readonly usedAt?: number;
  /** Why it is `exhausted`. */
  readonly exhaustedFor?: string;
  /** What it has spent, by the newest reading of a `SpendChecker`. */
  readonly spend?: SpendView;
}

/** A key for other uses than a call, such as asking what it has spent. */
export interface KeyAccess {
  readonly view: KeyView;
  readonly secret: Secret;
}

/** What limits are counted in. */
export type Dimension = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';
