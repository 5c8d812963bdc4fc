import { assertWorlds } from './assert-worlds.js';

assertWorlds(41, 40);
