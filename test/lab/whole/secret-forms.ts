export interface Secret {
  readonly name: string
  /** As text, or as bytes. */
  readonly value: string | Buffer
}

/** Whether the text has it in any form, also broken into lines as key files are. */
export function isIn(secret: Secret, text: string): boolean {
  const whole = text.replaceAll(/\\n|\n/g, '')
  return formsOf(secret).some((form) => text.includes(form) || whole.includes(form))
}

/** A secret may hide in base64 at any of three offsets, in hex, or escaped in a URL. */
function formsOf({ value }: Secret): string[] {
  const bytes = Buffer.from(value)
  const text = typeof value === 'string' ? [value, encodeURIComponent(value)] : []
  return [...text, bytes.toString('hex'), ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset))]
}

/** Its base64 as it looks behind that many other bytes, without what these and the end decide. */
function base64At(bytes: Buffer, offset: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
  const inside = whole
    .toString('base64')
    .slice(offset === 0 ? 0 : 4, Math.floor(whole.length / 3) * 4)
  return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')]
}
