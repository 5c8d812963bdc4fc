import type { WriteStream } from 'node:tty';
import type { Watch } from './contest.js';
import { number } from './format.js';

const BAR_WIDTH = 30;
const LINE_MS = 1_000;
const CLEAR_LINE = '\r\u001b[K';

/** A bar that moves in a terminal; elsewhere, such as in a log, a line a second. */
export function progress(output: WriteStream, durationMs: number): Watch {
  return output.isTTY ? bar(output, durationMs) : lines(output);
}

function bar(output: WriteStream, durationMs: number): Watch {
  return (name, elapsedMs, count) => {
    const done = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * elapsedMs) / durationMs));
    const drawn = '█'.repeat(done) + '░'.repeat(BAR_WIDTH - done);
    output.write(`${CLEAR_LINE}${name.padEnd(12)} ${drawn} ${soFar(count)}`);
  };
}

function lines(output: WriteStream): Watch {
  let writtenAt = 0;
  return (name, elapsedMs, count) => {
    if (elapsedMs < writtenAt) writtenAt = 0;
    if (elapsedMs - writtenAt < LINE_MS) return;
    writtenAt = elapsedMs;
    const time = `${(elapsedMs / 1_000).toFixed(0)} s`;
    output.write(`${name.padEnd(12)} ${time.padStart(4)}  ${soFar(count)}\n`);
  };
}

const soFar = ({ served, early429, late429 }: Parameters<Watch>[2]): string =>
  `${number(served)} served, ${number(early429 + late429)} × 429`;
