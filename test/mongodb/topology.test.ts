import { expect, it } from 'vitest';
import { topologyOf } from '../../src/mongodb/topology.js';

it.each([
  ['standalone', { isWritablePrimary: true, ok: 1 }],
  ['replica-set', { isWritablePrimary: true, setName: 'rs0', hosts: ['a:1'] }],
  ['sharded', { isWritablePrimary: true, msg: 'isdbgrid' }],
])('tells a %s server by its hello', (topology, hello) => {
  expect(topologyOf(hello)).toBe(topology);
});
