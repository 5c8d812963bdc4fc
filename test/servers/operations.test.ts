import { describe, it } from 'vitest';
import { describeOperations } from '../helpers/describe-operations.js';
import { availableServers } from '../helpers/mongo.js';

const servers = await availableServers();
const missing = {
  real: 'MongoDB: KEYPOOL_MONGODB_URI names none and no mongod is installed',
  independent: 'SecantusDB: it is not installed and KEYPOOL_INDEPENDENT_SERVER names none',
};

describe('what the store needs of MongoDB', () => {
  for (const server of servers) describeOperations(server);

  for (const [kind, why] of Object.entries(missing)) {
    if (servers.some((server) => server.kind === kind)) continue;
    it.skip(`was not asked of ${why}`);
  }
});
