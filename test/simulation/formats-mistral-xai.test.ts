import { assertFound, assertWorlds } from './assert-worlds.js';

// Mistral does not say when its windows end. The pool takes them to begin with its own first call,
// so the rest of the first one goes by unused, and the other bounds hold once that is over.
assertFound(1, 8, 'mistral');

// xAI's `remaining` always equals the limit: it shows nothing of what is used, but the limit holds
// by the pool's own count. While it comes back as believed, continuously, all bounds hold.
assertWorlds(1, 8, 'xai');

// Where it comes back by windows, nothing tells when: only 429s can show that the belief is wrong,
// and from then on the pool finds its rate as if nothing were said.
assertFound(1, 6, 'xai-windows');
