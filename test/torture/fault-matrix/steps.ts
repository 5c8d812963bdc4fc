import type { Fields } from '../../helpers/wire-server/documents.js';

/** The steps of the store as they look on the wire: command, collection, filter, what is set. */
const STEPS: Readonly<Record<string, string>> = {
  'hello 1': 'hello',
  'find slots pool,keyId': 'slot of a key (S0)',
  'find slots pool,j.a,j.from': 'slot that a key left',
  'find slots _id': 'slot by id',
  'find slots pool,j.a': 'slots with a journal',
  'find slots pool,state': 'exhausted slots',
  'find slots pool,_id': 'load',
  'find slots pool': 'any slot, for its fingerprint',
  'find slots pool,fp': 'slot of a secret',
  'find slots pool,j.a,j.fromFp': 'slot that a secret left',
  'find backups pool,claim.a': 'backup of a claim',
  'find backups pool,state': 'reserved backups',
  'find backups pool,fp': 'backup of a secret',
  'find backups _id': 'backup by id',
  'find backups _id,fp,r': 'backup just inserted',
  'find history pool,from': 'record of a key',
  'find history pool,fromFp': 'record of a secret',
  'aggregate backups pool,state': 'count reserved backups',
  'aggregate backups pool,isUsed': 'count free backups',
  'findAndModify backups pool,isUsed,r': 'claim (S1)',
  'findAndModify backups pool,isUsed': 'claim from the start (S1)',
  'findAndModify slots _id,gen,keyId,j,fp': 'swap (S2)',
  'update backups _id,state,claim.a state=used': 'mark used (S3)',
  'update bindings keyId keyId': 'carry (S4)',
  'insert history': 'record (S5)',
  'update slots _id,j.a j': 'settle (S6)',
  'update backups _id,state,claim.a isUsed,state=unused,claim': 'release',
  'update backups _id,state,claim.a state=quarantined': 'quarantine',
  'update slots _id,gen,keyId,j': 'fence',
  'update slots _id,gen,keyId,j state=exhausted,why': 'mark exhausted',
  'update slots pool,keyId,state,j state=active,why': 'reinstate',
  'insert slots': 'insert a slot',
  'insert backups': 'insert a backup',
};

export const STEP_NAMES: readonly string[] = Object.values(STEPS);

/** Steps that write. */
export const isWrite = (command: Fields): boolean =>
  ['findAndModify', 'update', 'insert'].some((name) => name in command);

/** The step that a command takes; a step the table does not know is an error. */
export function stepOf(command: Fields): string {
  const signature = signatureOf(command);
  const step = STEPS[signature];
  if (step === undefined) throw new Error(`No step is known that looks like "${signature}"`);
  return step;
}

function signatureOf(command: Fields): string {
  const [name = '', target] = Object.entries(command)[0] ?? [];
  const collection = String(target).replace('keypool_', '');
  return [name, collection, namesIn(filterOf(command)), setBy(command)]
    .filter((part) => part !== '')
    .join(' ');
}

function filterOf(command: Fields): Fields {
  const { filter, query, updates, pipeline } = command as {
    filter?: Fields;
    query?: Fields;
    updates?: readonly { readonly q: Fields }[];
    pipeline?: readonly { readonly $match?: Fields }[];
  };
  return filter ?? query ?? updates?.[0]?.q ?? pipeline?.[0]?.$match ?? {};
}

/** What an update sets; one that does so through `findAndModify` is known by its filter. */
function setBy(command: Fields): string {
  const { updates } = command as { updates?: readonly { readonly u: { $set?: Fields } }[] };
  const set = updates?.[0]?.u.$set ?? {};
  const parts = Object.entries(set).map(([field, value]) =>
    field === 'state' ? `state=${String(value)}` : field,
  );
  return parts.join(',');
}

const namesIn = (fields: Fields): string => Object.keys(fields).join(',');
