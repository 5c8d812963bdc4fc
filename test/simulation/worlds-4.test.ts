import { assertWorlds } from './assert-worlds.js';

assertWorlds(91, 30);
