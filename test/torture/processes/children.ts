import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Heard } from '../hearsay.js';
import type { News, Order } from './orders.js';

/** A process that takes one order at a time. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(script: string) {
    this.#process = spawn(process.execPath, [script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#exited = once(this.#process, 'exit');
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async ready(): Promise<void> {
    await this.#until('ready', () => {});
    if (!this.isAlive) throw new Error('A child ended before it was ready');
  }

  /** What it heard until it was done, or dead by a signal. Any other end is an error. */
  async obey(order: Order): Promise<readonly Heard[]> {
    const heard: Heard[] = [];
    const done = this.#until('done', (news) => {
      if (news.kind === 'heard') heard.push(news.heard);
    });
    this.#process.send(order);
    await done;
    if (this.#process.exitCode !== null) throw new Error('A child gave up');
    return heard;
  }

  async kill(): Promise<void> {
    if (!this.isAlive) return;
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  async #until(kind: News['kind'], listen: (news: News) => void): Promise<void> {
    let onMessage: ((news: News) => void) | undefined;
    const told = new Promise<void>((resolve) => {
      onMessage = (news) => {
        listen(news);
        if (news.kind === kind) resolve();
      };
      this.#process.on('message', onMessage);
    });
    await Promise.race([told, this.#exited]);
    if (onMessage !== undefined) this.#process.off('message', onMessage);
  }
}

/** Children that wait for orders; where one has died, another starts while the rest work. */
export class Children implements AsyncDisposable {
  readonly #script: string;
  readonly #all = new Set<Child>();
  readonly #idle: Promise<Child>[] = [];
  readonly #killAll = () => {
    for (const child of this.#all) void child.kill();
  };

  constructor(script: string, size: number) {
    this.#script = script;
    process.once('exit', this.#killAll);
    for (let count = 0; count < size; count += 1) this.#idle.push(this.#start());
  }

  take(): Promise<Child> {
    return this.#idle.shift() ?? this.#start();
  }

  giveBack(child: Child): void {
    if (!child.isAlive) this.#all.delete(child);
    this.#idle.push(child.isAlive ? Promise.resolve(child) : this.#start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#killAll);
    await Promise.all([...this.#all].map((child) => child.kill()));
    await Promise.allSettled(this.#idle);
  }

  #start(): Promise<Child> {
    const child = new Child(this.#script);
    this.#all.add(child);
    const started = child.ready().then(() => child);
    // Whoever takes it hears of it; until then it must not end the run.
    started.catch(() => undefined);
    return started;
  }
}
