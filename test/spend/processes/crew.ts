import { type ChildProcess, spawn } from 'node:child_process';
import type { Message, News } from './messages.js';

/** Processes that check one pool after another. They are killed in the end. */
export class Crew implements Disposable {
  readonly #children: readonly ChildProcess[];
  readonly #heard: News[][];
  #onNews = () => {};

  constructor(script: string, size: number) {
    this.#heard = Array.from({ length: size }, () => []);
    this.#children = this.#heard.map((heard) => {
      const child = spawn(process.execPath, [script], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      child.on('message', (news: News) => {
        heard.push(news);
        this.#onNews();
      });
      return child;
    });
  }

  tell(message: Message): void {
    for (const heard of this.#heard) heard.length = 0;
    for (const child of this.#children) child.send(message);
  }

  /** The newest news of that kind from each process, once every one has told some. */
  async heard<Kind extends News['kind']>(kind: Kind): Promise<Extract<News, { kind: Kind }>[]> {
    const isMeant = (news: News): news is Extract<News, { kind: Kind }> => news.kind === kind;
    for (;;) {
      const newest = this.#heard.flatMap((heard) => heard.filter(isMeant).slice(-1));
      if (newest.length === this.#heard.length) return newest;
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
