import type { Fault, Faults } from './dialect.js';

export const faults: Faults = {
  missingKey: authentication('x-api-key header is required'),
  invalidKey: () => authentication('invalid x-api-key'),
  broke: invalid(
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  ),
  invalidJson: invalid('The request body is not valid JSON'),
  invalidHint: (header) => invalid(`${header}: Input should be a valid integer`),
  unknownModel: (model) => ({ status: 404, type: 'not_found_error', message: `model: ${model}` }),
  status: (status) => statusFaults[status] ?? { status, ...internal },
};

const internal = { type: 'api_error', message: 'Internal server error' };

const statusFaults: Readonly<Record<number, Fault>> = {
  401: authentication('invalid x-api-key'),
  402: { status: 402, type: 'billing_error', message: 'There is an issue with your billing' },
  403: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource',
  },
  429: {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your account's rate limit. Please try again later.",
  },
  503: { status: 503, type: 'api_error', message: 'Service unavailable' },
  529: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
};

export function invalid(text: string): Fault {
  return { status: 400, type: 'invalid_request_error', message: text };
}

function authentication(text: string): Fault {
  return { status: 401, type: 'authentication_error', message: text };
}
