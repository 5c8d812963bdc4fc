#!/usr/bin/env node
// The simulator in the place of mongod, for whoever starts one as a process.
if (process.argv.includes('--version')) {
  process.stdout.write('db version v8.2.6\nThis is the simulator of keypool, not MongoDB.\n');
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.js');
}
