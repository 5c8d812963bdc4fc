/** What a node of a `RecencyList` carries. It belongs to one list at most. */
export interface Linked<Node> {
  older: Node | undefined;
  newer: Node | undefined;
}

/** Nodes by the time they were last touched. Moving one costs O(1) and allocates nothing. */
export class RecencyList<Node extends Linked<Node>> {
  #oldest: Node | undefined;
  #newest: Node | undefined;

  get oldest(): Node | undefined {
    return this.#oldest;
  }

  /** Makes the node the newest, whether it was in or not. */
  touch(node: Node): void {
    if (node === this.#newest) return;
    this.delete(node);
    node.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
  }

  delete(node: Node): void {
    const { older, newer } = node;
    if (older !== undefined) older.newer = newer;
    else if (this.#oldest === node) this.#oldest = newer;
    if (newer !== undefined) newer.older = older;
    else if (this.#newest === node) this.#newest = older;
    node.older = undefined;
    node.newer = undefined;
  }
}
