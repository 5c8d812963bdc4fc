import {
  deepseekSpend,
  elevenLabsSpend,
  firecrawlSpend,
  jsonSpend,
  litellmSpend,
  moonshotSpend,
  newApiSpend,
  openrouterSpend,
  serpApiSpend,
  tavilySpend,
} from 'keypool/spend';
import type { SpendProbe } from '../../../src/spend/spend-probe.js';

/** Every probe, for a provider at an address. */
export const probes: Readonly<Record<string, (baseUrl: string) => SpendProbe>> = {
  litellm: (baseUrl) => litellmSpend({ baseUrl }),
  openrouter: (baseUrl) => openrouterSpend({ baseUrl }),
  deepseek: (baseUrl) => deepseekSpend({ baseUrl }),
  moonshot: (baseUrl) => moonshotSpend({ baseUrl }),
  'new-api': (baseUrl) => newApiSpend({ baseUrl }),
  elevenlabs: (baseUrl) => elevenLabsSpend({ baseUrl }),
  tavily: (baseUrl) => tavilySpend({ baseUrl }),
  serpapi: (baseUrl) => serpApiSpend({ baseUrl }),
  firecrawl: (baseUrl) => firecrawlSpend({ baseUrl }),
  json: (baseUrl) =>
    jsonSpend({
      request: ({ secret }) =>
        new Request(`${baseUrl}/balance`, {
          headers: { authorization: `Bearer ${secret.reveal()}` },
        }),
      spent: 'data.usage',
      limit: ({ data }) => (data as { limit?: number } | undefined)?.limit,
      unit: 'points',
    }),
};
