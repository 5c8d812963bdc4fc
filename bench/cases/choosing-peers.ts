import type { Case, Peer } from '../case.js';
import type { Crowd } from '../crowd.js';
import { type Operate, timed } from '../timed.js';

/** Those who can choose one of these keys in the manner of this selector. */
export function choosingPeers(selector: string, crowd: Crowd): readonly PeerCase[] {
  const { keys, exhausted = 0 } = crowd;
  return PEERS.filter(
    (peer) =>
      peer.selector === selector &&
      keys <= (peer.mostKeys ?? Infinity) &&
      (exhausted === 0 || peer.seesExhausted === true),
  ).map(({ subject, open }) => ({
    subject,
    isExtra: !TOLD.has(keys) || (keys < 10_000 && exhausted > 0) || exhausted === 0.5,
    measure: async () => timed(await open(crowd)),
  }));
}

type PeerCase = Pick<Case, 'subject' | 'isExtra' | 'measure'>;

interface ChoosingPeer {
  readonly subject: Peer;
  readonly selector: string;
  /** Whether it can pass by keys that would make a caller wait. */
  readonly seesExhausted?: boolean;
  readonly mostKeys?: number;
  /** Loads the peer, which no other case's process is to pay for. */
  readonly open: (crowd: Crowd) => Promise<Operate>;
}

/** Numbers of keys that are measured without `--full`. */
const TOLD = new Set([10, 10_000]);

const PEERS: readonly ChoosingPeer[] = [
  {
    subject: 'limiter',
    selector: 'roundRobin',
    seesExhausted: true,
    open: async (crowd) => (await import('../peers/limiter.js')).roundRobin(crowd),
  },
  {
    subject: 'limiter',
    selector: 'leastLoaded',
    seesExhausted: true,
    open: async (crowd) => (await import('../peers/limiter.js')).leastLoaded(crowd),
  },
  {
    subject: 'rate-limiter-flexible',
    selector: 'roundRobin',
    seesExhausted: true,
    open: async (crowd) => (await import('../peers/rate-limiter-flexible.js')).roundRobin(crowd),
  },
  {
    subject: 'p-queue',
    selector: 'roundRobin',
    open: async (crowd) => (await import('../peers/p-queue.js')).roundRobin(crowd),
  },
  {
    subject: 'bottleneck',
    selector: 'roundRobin',
    // The timers of more keep the processor busy by themselves.
    mostKeys: 1_000,
    open: async (crowd) => (await import('../peers/bottleneck.js')).roundRobin(crowd),
  },
  {
    subject: 'original loop',
    selector: 'roundRobin',
    seesExhausted: true,
    open: async (crowd) => (await import('../peers/original-loop.js')).roundRobin(crowd),
  },
  {
    subject: 'original loop',
    selector: 'leastLoaded',
    seesExhausted: true,
    open: async (crowd) => (await import('../peers/original-loop.js')).leastLoaded(crowd),
  },
];
