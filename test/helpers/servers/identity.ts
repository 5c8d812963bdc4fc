import type { AvailableServer } from './available-server.js';

type Identity = Pick<AvailableServer, 'kind' | 'name' | 'version'>;

/** Who a server is by its own `buildInfo`: many speak MongoDB's protocol, few are MongoDB. */
export function identityOf(buildInfo: Readonly<Record<string, unknown>>): Identity {
  const { version, modules, secantusVersion, ferretdb } = buildInfo as Record<string, unknown>;
  if (Array.isArray(modules) && modules.includes('keypool-simulator')) {
    return { kind: 'simulated', name: 'simulator', version: `of MongoDB ${version}` };
  }
  if (secantusVersion !== undefined) {
    return { kind: 'independent', name: 'SecantusDB', version: String(secantusVersion) };
  }
  if (ferretdb !== undefined) {
    return { kind: 'independent', name: 'FerretDB in the manner of', version: String(version) };
  }
  return { kind: 'real', name: 'MongoDB', version: String(version) };
}
