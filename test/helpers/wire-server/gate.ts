/** Closed at first; once open, it stays open. */
export class Gate {
  readonly passed: Promise<void>;
  #resolve: () => void = () => {};

  constructor() {
    this.passed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  open(): void {
    this.#resolve();
  }
}
