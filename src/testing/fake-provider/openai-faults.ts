import type { Fault, Faults } from './dialect.js';

export const faults: Faults = {
  missingKey: {
    status: 401,
    type: 'invalid_request_error',
    message:
      "You didn't provide an API key. You need to provide your API key in an Authorization header " +
      'using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with ' +
      "blank username) if you're accessing the API from your browser and are prompted for a " +
      'username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.',
  },
  invalidKey: (key) => ({
    status: 401,
    type: 'invalid_request_error',
    message: `Incorrect API key provided: ${mask(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    code: 'invalid_api_key',
  }),
  broke: {
    status: 429,
    type: 'insufficient_quota',
    message:
      'You exceeded your current quota, please check your plan and billing details. For more ' +
      'information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
    code: 'insufficient_quota',
  },
  invalidJson: invalid(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using " +
      'your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was ' +
      'not valid JSON. If you have trouble figuring out how to fix this, please contact us through ' +
      'our help center at help.openai.com.)',
  ),
  invalidHint: (header) => ({ ...invalid(`Invalid header '${header}'.`), param: header }),
  unknownModel: (model) => ({
    status: 404,
    type: 'invalid_request_error',
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    code: 'model_not_found',
  }),
  status: statusFault,
};

/** Also LiteLLM's envelope. */
export function errorBody({ type, message, param = null, code = null }: FaultFields): unknown {
  return { error: { message, type, param, code } };
}

interface FaultFields {
  readonly type: string;
  readonly message: string;
  readonly param?: string | null;
  readonly code?: string | null;
}

/** OpenAI echoes a wrong key with its middle starred out. */
const mask = (key: string): string =>
  key.length <= 12 ? key : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;

function statusFault(status: number): Fault {
  if (status === 429) {
    const message = 'Rate limit reached. Please try again later.';
    return { status, type: 'requests', message, code: 'rate_limit_exceeded' };
  }
  if (status === 503) {
    const message = 'The engine is currently overloaded, please try again later';
    return { status, type: 'server_error', message, code: 'server_is_overloaded' };
  }
  if (status < 500) return { ...invalid('The request was refused.'), status };
  const message = 'The server had an error while processing your request. Sorry about that!';
  return { status, type: 'server_error', message };
}

export function invalid(message: string): Fault {
  return { status: 400, type: 'invalid_request_error', message };
}
