export { type AnthropicOptions, anthropic } from './anthropic.js';
export { cerebras } from './cerebras.js';
export { cohere } from './cohere.js';
export { deepseek } from './deepseek.js';
export { discord } from './discord.js';
export { fireworks } from './fireworks.js';
export { gemini } from './gemini.js';
export { type GenericOptions, generic } from './generic.js';
export { github } from './github.js';
export { gitlab } from './gitlab.js';
export { groq } from './groq.js';
export { huggingface } from './huggingface.js';
export { litellm } from './litellm.js';
export { mistral } from './mistral.js';
export { nebius } from './nebius.js';
export {
  type AzureOpenAiOptions,
  azureOpenai,
  type OpenAiOptions,
  openai,
} from './openai.js';
export { openrouter } from './openrouter.js';
export { perplexity } from './perplexity.js';
export type { OwnAddressOptions, PresetOptions } from './preset-options.js';
export type { CostEstimate, Provider } from './provider.js';
export { replicate } from './replicate.js';
export { shopify } from './shopify.js';
export { stripe } from './stripe.js';
export { together } from './together.js';
export { x } from './x.js';
export { xai } from './xai.js';
