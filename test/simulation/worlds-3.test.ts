import { assertWorlds } from './assert-worlds.js';

assertWorlds(61, 30);
