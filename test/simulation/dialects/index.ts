import { anthropic } from './anthropic.js';
import { azure, azureSeconds } from './azure.js';
import type { SimulatedDialect } from './dialect.js';
import { github } from './github.js';
import { groq, groqSpent, groqStated } from './groq.js';
import { ietf, ietf03, ietf06, ietfTwoPolicies } from './ietf.js';
import { mistral } from './mistral.js';
import { none } from './none.js';
import { openai } from './openai.js';
import { xai, xaiWindows } from './xai.js';

/** Every dialect that the simulated provider speaks. */
export const dialects = {
  anthropic,
  openai,
  azure,
  'azure-seconds': azureSeconds,
  groq,
  'groq-spent': groqSpent,
  'groq-stated': groqStated,
  github,
  ietf,
  'ietf-two-policies': ietfTwoPolicies,
  'ietf-06': ietf06,
  'ietf-03': ietf03,
  mistral,
  xai,
  'xai-windows': xaiWindows,
  none,
} as const satisfies Readonly<Record<string, SimulatedDialect>>;

export type DialectName = keyof typeof dialects;

/** The dialects of a name or of what several names begin with: `azure` is both of Azure's. */
export function dialectsNamed(prefix: string): readonly DialectName[] {
  return dialectNames.filter((name) => name.startsWith(prefix));
}

const dialectNames = Object.keys(dialects) as DialectName[];
