export { SpendProbeError, type SpendProbeErrorKind } from '../core/errors.js';
export type { SpendForecast } from './forecast.js';
export { MemorySpendHistory, type MemorySpendHistoryOptions } from './memory-spend-history.js';
export type { SpendCheckerOptions } from './options.js';
export { deepseekSpend } from './probes/deepseek.js';
export { elevenLabsSpend } from './probes/eleven-labs.js';
export { firecrawlSpend } from './probes/firecrawl.js';
export { type JsonSpendOptions, jsonSpend } from './probes/json.js';
export type { JsonField } from './probes/json-field.js';
export { litellmSpend } from './probes/litellm.js';
export { moonshotSpend } from './probes/moonshot.js';
export { type NewApiSpendOptions, newApiSpend } from './probes/new-api.js';
export { openrouterSpend } from './probes/openrouter.js';
export type { ProbeOptions } from './probes/probe-options.js';
export { serpApiSpend } from './probes/serp-api.js';
export { tavilySpend } from './probes/tavily.js';
export type { SpendCheck, SpendOutcome, SpendProgress, SpendReport } from './report.js';
export type { SpendSchedule } from './schedule.js';
export { SpendChecker } from './spend-checker.js';
export type { SpendFilter, SpendHistory, SpendRow, SpendRowEvent } from './spend-history.js';
export type { OverBudgetReason, SpendNews, SpendPool } from './spend-pool.js';
export type {
  SpendFigures,
  SpendProbe,
  SpendProbeContext,
  SpendProbeKey,
  SpendReading,
  SpendScope,
  SpendView,
} from './spend-probe.js';
