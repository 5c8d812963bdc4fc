import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildServer {
  /** What the pattern found in the output that says the server is ready. */
  readonly ready: RegExpExecArray;
  stop(): Promise<void>;
}

/** Starts a server as a process of its own and waits for the output that says it is ready. */
export async function startChildServer(
  path: string,
  options: readonly string[],
  pattern: RegExp,
): Promise<ChildServer> {
  const child = spawn(path, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  const stop = async () => {
    process.off('exit', killChild);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    return { ready: await readinessOf(child, pattern), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readinessOf(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (bytes: Buffer) => {
      output += String(bytes);
      const match = pattern.exec(output);
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The server ended before it was ready:\n${output}`)));
  });
}
