import type { BuiltInRule } from './built-in-rule.js';

/** Statuses that would touch a key or a group, had the provider itself sent them. */
const OF_A_KEY = [401, 402, 403, 412, 429];

export const GATEWAY_RULES: readonly BuiltInRule[] = [
  // OpenRouter's `limit_source`.
  { class: 'overloaded', codes: ['upstream_provider_shared_pool', 'openrouter_shared_capacity'] },
  // LiteLLM, OpenRouter, one-api.
  {
    class: 'overloaded',
    text: /no healthy deployments|no available (?:accounts?|channels?)\b|rate-limited upstream|crossed budget|负载已饱和/i,
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
    text: /received model group=|error from provider|\bprovider error:|upstream request failed|\bupstream (?:provider|account|error)\b/i,
  },
  // LiteLLM as 400: what is said of money or a key is said of its own account upstream.
  {
    class: 'server_error',
    statuses: [400],
    text: /(?:budget|credit|balance|quota|billing|api key)[^\n]{0,400}received model group=/i,
  },
];
