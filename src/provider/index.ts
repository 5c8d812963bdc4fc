export { type AnthropicOptions, anthropic } from './anthropic.js';
export { type GenericOptions, generic } from './generic.js';
export {
  type AzureOpenAiOptions,
  azureOpenai,
  type OpenAiOptions,
  openai,
} from './openai.js';
export type { CostEstimate, Provider } from './provider.js';
