import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

/** Statuses that would touch a key or a group, had the provider itself sent them. */
const OF_A_KEY = [401, 402, 403, 412, 429];

export const GATEWAY_RULES: readonly BuiltInRule[] = [
  // OpenRouter's `limit_source`.
  { class: 'overloaded', codes: ['upstream_provider_shared_pool', 'openrouter_shared_capacity'] },
  {
    class: 'overloaded',
    text: anyOf(
      /no healthy deployments/i, // LiteLLM, as 400
      /no available (?:accounts?|channels?)\b/i, // sub2api, one-api
      /rate-limited upstream/i, // OpenRouter
      /crossed budget/i, // LiteLLM: of a deployment
      /负载已饱和/, // one-api, as 429: upstream is full
    ),
  },
  { class: 'overloaded', statuses: [429], isRelayed: true },
  { class: 'server_error', statuses: [401, 402, 412], isRelayed: true },
  // Of this request, in the upstream's eyes; as 403, it may be the gateway that moderates (OpenRouter).
  { class: 'bad_request', statuses: [400, 404, 422], isRelayed: true },
  { class: 'forbidden', statuses: [403], isRelayed: true },
  {
    class: 'server_error',
    statuses: OF_A_KEY,
    codes: [
      'upstream_error',
      'ai_apicallerror', // Vercel: what its own client was answered
    ],
  },
  {
    class: 'server_error',
    statuses: OF_A_KEY,
    text: anyOf(
      /received model group=/i, // LiteLLM, behind any error of its upstream
      /error from provider/i, // OpenCode: "Error from provider (Alibaba): You exceeded …"
      /\bprovider error:/i, // Pollinations
      /upstream request failed/i, // Xiaomi
      /\bupstream (?:provider|account|error)\b/i, // "Upstream provider NIM returned HTTP 401"
    ),
  },
  // LiteLLM as 400: what is said of money or a key is said of its own account upstream.
  {
    class: 'server_error',
    statuses: [400],
    text: /(?:budget|credit|balance|quota|billing|api key)[^\n]{0,400}received model group=/i,
  },
];
