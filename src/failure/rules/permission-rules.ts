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
  // The key is good, but not for this: `key_model_access_denied` (LiteLLM, as 401),
  // `missing_permissions` (ElevenLabs, as 401), `missing_scope` (Slack, as 200), `insufficient_scope`
  // (OAuth), `paid_plan_required`.
  {
    class: 'forbidden',
    below: 500,
    codePattern:
      /(?:^|_)(?:access_denied|missing_(?:permissions?|scopes?)|insufficient_(?:scope|permissions?)|(?:plan|upgrade|subscription)_required)$/i,
  },
  {
    class: 'forbidden',
    below: 500,
    text: /(?:country|region|territory|location)[\w, ]{0,30} (?:is )?not supported|scope requirement|required scope|missing scopes|insufficient[_ ]permissions|sufficient permissions? to|missing the permission|not allowed to access (?:the )?model|ip (?:address )?(?:is )?not (?:authorized|allowed)|virtual network\/firewall|organization must be verified/i,
  },
];
