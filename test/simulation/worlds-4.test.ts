import { assertWorlds } from './assert-worlds.js';

assertWorlds(121, 40);
