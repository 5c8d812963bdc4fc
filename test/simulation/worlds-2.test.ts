import { assertWorlds } from './assert-worlds.js';

assertWorlds(31, 30);
