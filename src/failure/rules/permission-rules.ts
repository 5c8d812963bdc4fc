import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

export const PERMISSION_RULES: readonly BuiltInRule[] = [
  {
    class: 'forbidden',
    below: 500,
    codes: [
      'unsupported_country_region_territory',
      'ip_not_authorized',
      'permissiondenied',
      'accessdeniedexception', // Bedrock
      'invalid_organization',
      'mismatched_organization',
      'mismatched_project',
      'detected_unusual_activity', // ElevenLabs, as 401: free accounts behind a VPN
      // Amazon, when the clock is wrong or the signing is.
      'invalidsignatureexception',
      'signaturedoesnotmatch',
      'requesttimetooskewed',
    ],
  },
  // The key is good, but not for this.
  {
    class: 'forbidden',
    below: 500,
    codePattern: anyOf(
      /(?:^|_)access_denied$/i, // `key_model_access_denied` (LiteLLM, as 401)
      /(?:^|_)missing_(?:permissions?|scopes?)$/i, // ElevenLabs, as 401; Slack, as 200
      /(?:^|_)insufficient_(?:scope|permissions?)$/i, // OAuth; GitLab
      /(?:^|_)(?:plan|upgrade|subscription)_required$/i, // `paid_plan_required` (ElevenLabs, as 402)
    ),
  },
  {
    class: 'forbidden',
    below: 500,
    text: anyOf(
      /(?:country|region|territory|location)[\w, ]{0,30} (?:is )?not supported/i, // OpenAI; Gemini as 400
      /scope requirement/i, // Anthropic
      /required scope/i, // Deepgram
      /missing scopes/i, // OpenAI, as 401
      /insufficient[_ ]permissions/i, // OpenAI, as 401; Deepgram
      /sufficient permissions? to/i, // Hugging Face: "does not have sufficient permissions to call …"
      /missing the permission/i, // ElevenLabs, as 401
      /not allowed to access (?:the )?model/i, // LiteLLM, as 401
      /ip (?:address )?(?:is )?not (?:authorized|allowed)/i, // OpenAI, as 401
      /virtual network\/firewall/i, // Azure
      /organization must be verified/i, // OpenAI, as 400
    ),
  },
];
