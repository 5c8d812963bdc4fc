export { type Clock, systemClock } from './core/clock.js';
export {
  AcquireTimeoutError,
  type Attempt,
  AttemptsExhaustedError,
  CostExceedsLimitError,
  InvalidOptionError,
  isKeyPoolError,
  KeyPoolError,
  type KeyPoolErrorCode,
  NoKeyAvailableError,
  PoolClosedError,
  QueueFullError,
  UnknownKeyError,
} from './core/errors.js';
export type { Explanation, ExplanationReason, KeyExplanation } from './core/explanation.js';
export type { Logger } from './core/logger.js';
export { Secret } from './core/secret.js';
export { classify } from './failure/classify.js';
export type {
  Failure,
  FailureClass,
  FailureFacts,
  FailureRule,
  FailureScope,
} from './failure/failure.js';
export type {
  CooldownScope,
  CooldownView,
  Dimension,
  KeyOptions,
  KeyState,
  KeyView,
  LimitKind,
  Limits,
  LimitView,
  Rate,
} from './key/key.js';
export type { QuotaLimiterOptions } from './limiter/limit-plan.js';
export type { Admission, Cost, Limiter, Reservation, Usage } from './limiter/limiter.js';
export { QuotaLimiter } from './limiter/quota-limiter.js';
export {
  defineHeaderFamily,
  type HeaderFamilyOptions,
  type HeaderLimit,
} from './limits/define-header-family.js';
export type { HeaderFamily } from './limits/family.js';
export type {
  HeaderSource,
  LimitReading,
  LimitUpdate,
  ResponseFacts,
} from './limits/limit-update.js';
export { type LimitFacts, readLimits } from './limits/read-limits.js';
export type { AcquireRequest } from './pool/call.js';
export type { PoolEvents } from './pool/events.js';
export { type CooldownRest, KeyPool } from './pool/key-pool.js';
export type { Lease, Verdict } from './pool/lease.js';
export type { LossCapOptions } from './pool/loss-cap.js';
export type { KeyPoolOptions } from './pool/options.js';
export type { RunRequest } from './pool/run.js';
export type { PoolStats } from './pool/stats.js';
export type { CostEstimate, Provider } from './provider/provider.js';
export {
  MemoryRotationStore,
  type MemoryRotationStoreOptions,
} from './rotation/memory-rotation-store.js';
export type {
  ImportReport,
  RecoveryReport,
  RotateOptions,
  RotationFilter,
  RotationOutcome,
  RotationRecord,
  RotationStore,
  StoredKey,
  WatchOptions,
} from './rotation/rotation-store.js';
export { fromFunction } from './selector/from-function.js';
export { leastLoaded } from './selector/least-loaded.js';
export { powerOfTwo } from './selector/power-of-two.js';
export { roundRobin } from './selector/round-robin.js';
export type { Seat, Selector, SelectorRequest } from './selector/selector.js';
export { sticky } from './selector/sticky.js';
export { tiered } from './selector/tiered.js';
export { weighted } from './selector/weighted.js';
export type { CallRecord, CallRecorder } from './stats/call-record.js';
export type {
  CallStats,
  HostStats,
  KeyStats,
  LastError,
  LatencyStats,
  StatsBatch,
  StatsSink,
  StatsSnapshot,
} from './stats/call-stats.js';
export type { StatsRecorderOptions } from './stats/options.js';
export { StatsRecorder } from './stats/stats-recorder.js';
