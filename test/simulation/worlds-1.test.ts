import { assertWorlds } from './assert-worlds.js';

assertWorlds(1, 30);
