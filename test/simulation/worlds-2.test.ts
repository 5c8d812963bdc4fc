import { assertWorlds } from './assert-worlds.js';

assertWorlds(51, 50);
