import { assertWorlds } from './assert-worlds.js';

assertWorlds(1, 10, 'github');
assertWorlds(1, 6, 'ietf');
assertWorlds(1, 6, 'ietf-06');
assertWorlds(1, 6, 'ietf-03');
