import type { SpendProbe } from '../spend-probe.js';
import { defineProbe, figures } from './define-probe.js';
import type { ProbeOptions } from './probe-options.js';

/** ElevenLabs: the credits of the billing period. */
export function elevenLabsSpend(options: ProbeOptions = {}): SpendProbe {
  return defineProbe(
    {
      provider: 'elevenlabs',
      baseUrl: 'https://api.elevenlabs.io',
      path: '/v1/user/subscription',
      unit: 'credits',
      scope: 'account',
      headers: ({ secret }) => ({ 'xi-api-key': secret.reveal(), accept: 'application/json' }),
      read(answer) {
        const resetsAtS = answer.amount('next_character_count_reset_unix') ?? 0;
        return figures({
          spent: answer.required('character_count'),
          limit: answer.limit('character_limit'),
          resetsAt: resetsAtS > 0 ? resetsAtS * 1_000 : undefined,
        });
      },
    },
    options,
  );
}
