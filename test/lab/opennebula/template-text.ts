import { parseXml, type XmlNode } from '../../../lib/opennebula/index.ts'
import { Attributes, type Value } from './attributes.ts'
import { errno, Refusal } from './refusal.ts'

/** Reads what clients send as a template: OpenNebula's own text, or XML. Throws Refusal as oned does. */
export function parseTemplate(text: string): Attributes {
  return text.trimStart().startsWith('<') ? fromXml(text) : new Reader(text).template()
}

function fromXml(text: string): Attributes {
  const value = (node: XmlNode): Value =>
    node.children.length === 0
      ? node.text
      : Object.fromEntries(node.children.map((child) => [child.name.toUpperCase(), child.text]))
  return new Attributes(
    parseXml(text).children.map((node) => [node.name.toUpperCase(), value(node)] as const),
  )
}

class Reader {
  readonly #text: string
  #at = 0
  #last = { start: 0, end: 0 }

  constructor(text: string) {
    this.#text = text
  }

  template(): Attributes {
    const entries: [string, Value][] = []
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) {
      const name = this.#name()
      this.#expect('=', 'EQUAL')
      entries.push([name, this.#peek() === '[' ? this.#vector() : this.#value()])
    }
    return new Attributes(entries)
  }

  #vector(): Value {
    this.#expect('[', 'OBRACKET')
    const members: Record<string, string> = {}
    while (this.#peek() !== ']') {
      const name = this.#name()
      this.#expect('=', 'EQUAL')
      const value = this.#value()
      // The first of a name stays, and `ip` is IP.
      members[name] ??= value
      if (this.#peek() === ',') this.#at += 1
    }
    this.#expect(']', 'CBRACKET')
    return members
  }

  #name(): string {
    return this.#take(/[A-Za-z0-9_]+/y, 'VARIABLE').toUpperCase()
  }

  #value(): string {
    if (this.#peek() !== '"') return this.#take(/[^\s,\][="]+/y, 'STRING')
    // As its scanner does: the longest match, one escape, and nothing at all past a "]]>" in the line.
    if (/[^\n]*\]\]>/y.test(this.#text.slice(this.#at))) throw this.#unexpected('STRING')
    return this.#take(/"(?:\\"|[^"])*"/y, 'STRING')
      .slice(1, -1)
      .replaceAll('\\"', '"')
  }

  #expect(mark: string, token: string): void {
    if (this.#peek() !== mark) throw this.#unexpected(token)
    this.#at += 1
  }

  #take(pattern: RegExp, token: string): string {
    this.#skip()
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) throw this.#unexpected(token)
    this.#last = { start: this.#at, end: this.#at + found.length }
    this.#at += found.length
    return found
  }

  #peek(): string | undefined {
    this.#skip()
    return this.#text[this.#at]
  }

  #skip(): void {
    const blank = /(?:\s|#[^\n]*\n)*/y
    blank.lastIndex = this.#at
    this.#at += blank.exec(this.#text)?.[0].length ?? 0
  }

  #unexpected(expected: string): Refusal {
    const found = this.#at >= this.#text.length ? '$end' : 'VARIABLE'
    const line = this.#text.slice(0, this.#at).split('\n').length - 1
    const { start, end } = this.#last
    return new Refusal(
      errno.internal,
      `Parse error: syntax error, unexpected ${found}, expecting ${expected} at line ${line}, columns ${start + 1}:${end + 1}`,
    )
  }
}
