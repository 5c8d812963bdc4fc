import { assertWorlds } from './assert-worlds.js';

assertWorlds(151, 50);
