import { SaxesParser } from 'saxes'
import type { XmlNode } from './node.ts'

interface OpenNode extends XmlNode {
  text: string
  readonly children: OpenNode[]
}

/** Parses one XML document to a light tree. Throws SyntaxError naming the place when malformed. */
export function parseXml(text: string): XmlNode {
  const top: OpenNode = { name: '', text: '', children: [] }
  const open: OpenNode[] = [top]
  const parser = new SaxesParser({})
  parser.on('error', (error) => {
    throw new SyntaxError(`malformed XML: ${error.message}`)
  })
  parser.on('opentag', ({ name }) => {
    const node: OpenNode = { name, text: '', children: [] }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => open.pop())
  const addText = (more: string) => {
    const node = open.at(-1)
    if (node) node.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text).close()
  const [root] = top.children
  if (!root) throw new SyntaxError('malformed XML: no element')
  return root
}
