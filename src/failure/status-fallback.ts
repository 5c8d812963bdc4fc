import type { Failure } from './failure.js';

/**
 * The class by the status alone: right for about half of the captures, so the weakest word.
 * @param isInBody - whether the status stood in the body of a success, where it is a code
 */
export function byStatus(status: number, isInBody: boolean): Pick<Failure, 'class' | 'confidence'> {
  return { class: classOf(status, isInBody), confidence: isInBody ? 'structured' : 'status' };
}

function classOf(status: number, isInBody: boolean): Failure['class'] {
  switch (status) {
    case 401:
      return 'invalid_key';
    case 402:
      return 'budget_exceeded';
    case 403:
    case 407: // A proxy's own credentials.
      return 'forbidden';
    case 429:
      return 'rate_limited';
    case 503:
    case 529:
      return 'overloaded';
    case 408:
      return 'server_error';
    case 304:
      return 'ok';
  }
  // An error under a 200 that names neither code nor status says nothing of key or host.
  if (isInBody && status === 0) return 'bad_request';
  // No known status: the answer never came, or not from the provider.
  return status >= 300 && status < 500 ? 'bad_request' : 'server_error';
}
