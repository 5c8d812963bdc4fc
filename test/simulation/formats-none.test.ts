import { assertFound } from './assert-worlds.js';

// Nothing is said at all, so refusals are how the rate is found, and some there must be.
assertFound(1, 10, 'none');
