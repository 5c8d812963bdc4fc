import { assertWorlds } from './assert-worlds.js';

assertWorlds(81, 40);
