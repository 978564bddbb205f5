import { errno, Refusal } from './refusal.ts'

/** Objects of one kind by id; ids only rise. */
export class Pool<T extends { readonly id: number }> {
  readonly #items = new Map<number, T>()
  readonly #label: string
  #next: number

  /** `label` as oned says it: "Error getting virtual network [15]." */
  constructor(label: string, firstId = 0) {
    this.#label = label
    this.#next = firstId
  }

  add(make: (id: number) => T): T {
    const item = make(this.#next)
    this.#next = Math.max(this.#next, item.id) + 1
    this.#items.set(item.id, item)
    return item
  }

  /** The id of the next object. */
  get next(): number {
    return this.#next
  }

  /** Goes on from this id, as a cloud with a past does. */
  continueAt(id: number): void {
    this.#next = Math.max(this.#next, id)
  }

  /** An object with an id of its own, for what a fresh oned has from the start. */
  put(item: T): void {
    this.#items.set(item.id, item)
  }

  get(id: number): T {
    const item = this.#items.get(id)
    if (!item) throw new Refusal(errno.missing, `Error getting ${this.#label} [${id}].`, id)
    return item
  }

  find(id: number): T | undefined {
    return this.#items.get(id)
  }

  delete(id: number): void {
    this.#items.delete(id)
  }

  /** oned lists the newest first (API_LIST_ORDER). */
  newestFirst(): T[] {
    return [...this.#items.values()].sort((a, b) => b.id - a.id)
  }
}
