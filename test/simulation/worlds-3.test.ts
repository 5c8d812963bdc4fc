import { assertWorlds } from './assert-worlds.js';

assertWorlds(101, 50);
