import type { XmlNode } from '../../lib/opennebula/node.ts'

interface OpenNode extends XmlNode {
  text: string
  readonly children: OpenNode[]
}

const token = /<([A-Za-z_][\w.-]*)(\/?)>|<\/([A-Za-z_][\w.-]*)>|<!\[CDATA\[([\s\S]*?)\]\]>|([^<]+)/y
const entity = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));|&/g
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Reads the XML that oned writes for its drivers: elements, CDATA and text; attributes, comments and
 * declarations never come from there and are refused. Loading a whole XML parser costs a driver 2 ms.
 * Throws SyntaxError.
 */
export function readDocument(document: string): XmlNode {
  const top: OpenNode = { name: '', text: '', children: [] }
  const open = [top]
  const text = document.replace(/\r\n?/g, '\n')
  if (hasForbidden(text)) throw new SyntaxError('a character that XML has not')
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const at = token.lastIndex
    const found = token.exec(text)
    const node = open.at(-1)
    if (!found || !node) throw new SyntaxError(`malformed XML at character ${at}`)
    const [, begun, empty, ended, data, plain] = found
    if (begun !== undefined) {
      const child: OpenNode = { name: begun, text: '', children: [] }
      node.children.push(child)
      if (empty === '') open.push(child)
    } else if (ended !== undefined) {
      if (node.name !== ended || open.length === 1) throw new SyntaxError(`unexpected </${ended}>`)
      open.pop()
    } else node.text += data ?? textOf(plain ?? '')
    const outside = open.length === 1 && (data !== undefined || /[^ \t\n]/.test(plain ?? ''))
    if (outside || top.children.length > 1) throw new SyntaxError('more than one element')
  }
  const [root] = top.children
  if (!root || open.length > 1) throw new SyntaxError('the document does not end')
  return root
}

function textOf(plain: string): string {
  if (plain.includes(']]>')) throw new SyntaxError('"]]>" in a text')
  return plain.replace(entity, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? ''
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : ''
    if (character !== '' && !hasForbidden(character)) return character
    throw new SyntaxError(`unknown entity ${whole}`)
  })
}

function hasForbidden(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML 1.0 has not
  return /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u.test(text)
}
