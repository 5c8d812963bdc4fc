import { parseArgs } from 'node:util';
import { startWireServer } from './start-wire-server.js';

const { values } = parseArgs({
  strict: false,
  options: { port: { type: 'string' }, replSet: { type: 'string' } },
});
const setName = typeof values['replSet'] === 'string' ? values['replSet'] : undefined;

const server = await startWireServer({
  port: Number(values['port'] ?? 27_017),
  ...(setName !== undefined && { topology: 'replicaSet', setName }),
});

process.stdout.write(`Waiting for connections at ${server.uri}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(0));
}
void server
  .on({ command: 'shutdown', fault: { kind: 'close', when: 'before' } })
  .reached()
  .then(() => process.exit(0));

await server.on({ command: 'replSetInitiate', fault: { kind: 'pass', when: 'after' } }).reached();
process.stdout.write('transition to primary complete; database writes are now permitted\n');
