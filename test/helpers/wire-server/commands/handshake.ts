import { BSON } from 'mongodb';
import type { Handler } from '../command.js';

/** The wire version of MongoDB 8.2, the version it claims to be. */
const MAX_WIRE_VERSION = 28;
export const VERSION = '8.2.6';

const hello: Handler = (_command, { topology, setName, address }) => ({
  ismaster: true,
  isWritablePrimary: true,
  helloOk: true,
  ...(topology === 'replicaSet' && {
    setName,
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    secondary: false,
    electionId: new BSON.ObjectId('7fffffff0000000000000001'),
    lastWrite: { lastWriteDate: new Date() },
  }),
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId: 1,
  minWireVersion: 0,
  maxWireVersion: MAX_WIRE_VERSION,
  readOnly: false,
  ok: 1,
});

const buildInfo: Handler = () => ({
  version: VERSION,
  versionArray: [...VERSION.split('.').map(Number), 0],
  gitVersion: 'simulated',
  modules: ['keypool-simulator'],
  maxBsonObjectSize: 16_777_216,
  ok: 1,
});

export const handshakeCommands: Record<string, Handler> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  buildInfo,
  buildinfo: buildInfo,
  ping: () => ({ ok: 1 }),
  // A set of one member has nothing to agree on.
  replSetInitiate: () => ({ ok: 1 }),
};
