import { assertWorlds } from './assert-worlds.js';

// Two limits on one dimension, whichever is short: both in the headers, or one stated by the caller.
assertWorlds(1, 24, 'ietf-two-policies');
assertWorlds(1, 12, 'groq-stated');
