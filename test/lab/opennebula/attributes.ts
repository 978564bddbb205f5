import { cdata, wrapped } from './xml.ts'

export type Value = string | Readonly<Record<string, string>>

/** A template as oned keeps it: names may repeat and are written in alphabetical order. */
export class Attributes {
  #entries: [string, Value][]

  constructor(entries: readonly (readonly [string, Value])[] = []) {
    this.#entries = entries.map(([name, value]) => [name, value])
  }

  copy(): Attributes {
    return new Attributes(this.#entries)
  }

  get entries(): readonly (readonly [string, Value])[] {
    return this.#entries
  }

  /** The first plain value; undefined when absent. */
  text(name: string): string | undefined {
    const found = this.#entries.find(([key, value]) => key === name && typeof value === 'string')
    return found?.[1] as string | undefined
  }

  vectors(name: string): Record<string, string>[] {
    return this.#entries.flatMap(([key, value]) =>
      key === name && typeof value === 'object' ? [{ ...value }] : [],
    )
  }

  set(name: string, value: Value): this {
    this.remove(name)
    this.#entries.push([name, value])
    return this
  }

  remove(...names: string[]): this {
    this.#entries = this.#entries.filter(([key]) => !names.includes(key))
    return this
  }

  /** What `update` with append does: attributes of the other replace those of the same name. */
  merge(other: Attributes): this {
    this.remove(...other.entries.map(([name]) => name))
    this.#entries.push(...other.entries.map(([name, value]): [string, Value] => [name, value]))
    return this
  }

  xml(element = 'TEMPLATE'): string {
    return wrapped(element, this.inner())
  }

  inner(): string {
    return sorted(this.#entries)
      .map(([name, value]) =>
        typeof value === 'string' ? cdata(name, value) : wrapped(name, vectorInner(value)),
      )
      .join('')
  }
}

export function vectorInner(vector: Readonly<Record<string, string>>): string {
  return sorted(Object.entries(vector))
    .map(([name, value]) => cdata(name, value))
    .join('')
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
