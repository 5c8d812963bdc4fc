import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
  import { MongoClient } from 'mongodb';
  const [uri, operation, ...values] = JSON.parse(process.argv[1]);
  const client = new MongoClient(uri, { appName: 'pid:' + process.pid });
  const rows = client.db('test').collection('rows');
  const answer = await rows[operation](...values).catch(({ name }) => ({ error: name }));
  process.stdout.write(JSON.stringify(answer));
  await client.close();
`;

/** How another process fared: its answer if it lived to give one, else the signal that ended it. */
export interface ClientOutcome {
  readonly answer?: unknown;
  readonly signal?: NodeJS.Signals;
}

/** Does one operation on `test.rows` in a process of its own, whose `appName` gives its id. */
export async function runClientProcess(
  uri: string,
  operation: string,
  ...values: unknown[]
): Promise<ClientOutcome> {
  const call = JSON.stringify([uri, operation, ...values]);
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, '--', call], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += String(bytes);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return signal === null ? { answer: JSON.parse(output) } : { signal };
}
