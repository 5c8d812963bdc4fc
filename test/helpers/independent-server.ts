import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AvailableServer } from './servers/available-server.js';
import { startChildServer } from './servers/child-server.js';

/**
 * SecantusDB, a server written by others after MongoDB's manual, over WiredTiger, MongoDB's own
 * storage engine. It is a tool of these tests, never a dependency: whoever wants it installs it.
 */
const WELL_KNOWN = join(homedir(), '.cache', 'keypool', 'secantusdb', 'bin', 'secantusd-py');

/** What it answers otherwise than MongoDB, on every topology. */
const everywhere = {
  'findOneAndUpdate that contradicts itself is refused though nothing matches':
    'looks at the update only once a document matches',
  'an upsert whose filter names a field twice is refused':
    'refuses the same field twice, but takes a field and a part of it',
};

/** The server that `KEYPOOL_INDEPENDENT_SERVER` or the well-known folder holds, if any. */
export function independentServer(): AvailableServer | undefined {
  const named = process.env['KEYPOOL_INDEPENDENT_SERVER'];
  const path = named ?? WELL_KNOWN;
  if (!existsSync(path)) {
    if (named === undefined) return undefined;
    throw new Error(`KEYPOOL_INDEPENDENT_SERVER names ${named}, which is not there`);
  }
  return {
    kind: 'independent',
    name: 'SecantusDB',
    version: versionOf(path),
    topologies: ['standalone', 'replicaSet'],
    deviations: {
      replicaSet: {
        ...everywhere,
        'killing the cursor of a change stream ends its wait with error 237':
          'ends the wait with an empty answer',
      },
      standalone: {
        ...everywhere,
        'a transaction number on a standalone is error 20': 'takes the number and writes',
        'linearizable reads on a standalone are error 123': 'reads as if it could',
      },
    },
    start: async (topology = 'standalone') => {
      const options = ['--host', '127.0.0.1', '--port', '0', '--storage-path', ':memory:'];
      if (topology === 'standalone') options.push('--standalone');
      const { ready, stop } = await startChildServer(path, options, /listening on (\S+:\d+)/);
      return { uri: `mongodb://${ready[1]}/?directConnection=true`, stop };
    },
  };
}

/** As the installer noted it beside the program. */
function versionOf(path: string): string {
  const library = join(dirname(dirname(path)), 'lib');
  const found = existsSync(library) ? readdirSync(library) : [];
  for (const python of found) {
    const packages = join(realpathSync(library), python, 'site-packages');
    const notes = existsSync(packages) ? readdirSync(packages) : [];
    for (const note of notes) {
      const version = /^secantusdb-(.+)\.dist-info$/i.exec(note)?.[1];
      if (version !== undefined) return version;
    }
  }
  return 'of unknown version';
}
