import { keepSecret } from '../../lib/log/secrets.ts'
import type { Vector } from '../../lib/opennebula/template.ts'

const words = /TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY/i
export const mask = '******'

/** Values of a range that are secret by their names no error or log shows from now on. */
export function keepSecretsOf(range: Vector): void {
  for (const [name, value] of Object.entries(range)) if (isSecret(name)) keepSecret(value)
}

/** Whether an attribute of this name is nobody's to read. */
export function isSecret(name: string): boolean {
  return words.test(name)
}

/**
 * A document, template or JSON text, whole or broken, without the values of such attributes. What does
 * not end is masked to the end of the text.
 */
export function withoutSecrets(text: string): string {
  if (!words.test(text)) return text
  const elements = masked(text, /<([A-Z0-9_]+)>/gi, (name, from) => text.indexOf(`</${name}`, from))
  return masked(elements, /\b([A-Z0-9_]+)"?\s*[=:]\s*"/gi, (_, from) => quoteIn(elements, from))
}

/** Each text is gone through once: users write them, and a log must not wait for one. */
function masked(
  text: string,
  opening: RegExp,
  closing: (name: string, from: number) => number,
): string {
  let clean = ''
  let done = 0
  for (const { 0: whole, 1: name = '', index } of text.matchAll(opening)) {
    if (index < done || !isSecret(name)) continue
    const from = index + whole.length
    const to = closing(name, from)
    clean += text.slice(done, from) + mask
    done = to < 0 ? text.length : to
  }
  return clean + text.slice(done)
}

/** Where the next quote stands that no backslash belongs to. */
function quoteIn(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at > from && text[at - 1] === '\\') at = text.indexOf('"', at + 1)
  return at
}
