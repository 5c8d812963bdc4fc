export { FakeClock } from './fake-clock.js';
export { type FakeProvider, startFakeProvider } from './fake-provider/fake-provider.js';
export type {
  Misbehaviour,
  MisbehaviourOptions,
  MisbehaviourTarget,
} from './fake-provider/misbehaviour.js';
export type { FakeLimits, FakeOrganisation, FakeProviderOptions } from './fake-provider/options.js';
export type { CapacityUse } from './fake-provider/quota.js';
export type { KeySpend } from './fake-provider/spend.js';
export type { FakeProviderStats } from './fake-provider/state.js';
export type { CallCounts } from './fake-provider/tally.js';
export { type FakeSeat, type FakeSeatOptions, fakeSeat } from './fake-seat.js';
export {
  type MakeRotationStore,
  type RotationStoreRule,
  rotationStoreContract,
} from './rotation-store-contract.js';
export { type SelectorRule, selectorContract } from './selector-contract.js';
