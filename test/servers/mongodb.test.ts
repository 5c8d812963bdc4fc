import { describe, it } from 'vitest';
import { describeOperations } from '../helpers/describe-operations.js';

const uri = process.env['KEYPOOL_MONGODB_URI'];

describe('a real MongoDB', () => {
  if (uri === undefined) {
    it.skip('was not tested: KEYPOOL_MONGODB_URI names none');
    return;
  }
  describeOperations(async () => ({ uri, stop: async () => {} }));
});
