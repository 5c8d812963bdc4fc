import { assertWorlds } from './assert-worlds.js';

assertWorlds(181, 60);
