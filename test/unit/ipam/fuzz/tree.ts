import { parseXml, type XmlNode } from '../../../../lib/opennebula/index.ts'
import type { Chance } from './chance.ts'
import { oddNames, oddValues } from './odd.ts'

/** An element that can be taken apart; `marks` says whether its text stands in CDATA. */
export interface Element {
  name: string
  text: string
  marks: boolean
  attribute: string
  children: Element[]
}

export function treeOf(xml: string): Element {
  const copy = ({ name, text, children }: XmlNode): Element => ({
    ...{ name, text, attribute: '' },
    marks: xml.includes(`<${name}><![CDATA[`),
    children: children.map(copy),
  })
  return copy(parseXml(xml))
}

export function copyOf(element: Element): Element {
  return { ...element, children: element.children.map(copyOf) }
}

/** As oned writes it: text between marks unescaped, numbers plain. */
export function xmlOf({ name, text, marks, attribute, children }: Element): string {
  const inside = children.length > 0 ? children.map(xmlOf).join('') : text
  if (inside === '' && !marks) return `<${name}${attribute}/>`
  const content = marks && children.length === 0 ? `<![CDATA[${inside}]]>` : inside
  return `<${name}${attribute}>${content}</${name}>`
}

/** One change to the tree, in place. */
export function changeTree(root: Element, chance: Chance): void {
  const all = list(root)
  const one = chance.any(all) ?? root
  const parent = all.find(({ children }) => children.includes(one))
  const other = chance.any(all) ?? root
  const siblings = parent?.children ?? root.children
  const at = Math.max(0, siblings.indexOf(one))
  const change = chance.below(12)
  if (change === 0) siblings.splice(at, 1)
  else if (change === 1) siblings.splice(at, 0, copyOf(one))
  else if (change === 2) move(one, siblings, other, root)
  else if (change === 3) one.name = chance.of(oddNames as unknown as [string])
  else if (change === 4) [one.text, other.text] = [other.text, one.text]
  else if (change === 5) [one.name, other.name] = [other.name, one.name]
  else if (change === 6) one.children = [copyOf(other)]
  else if (change === 7) one.attribute = chance.of([' a="1"', ' xmlns="x"', ' a', ' xml:lang="e"'])
  else if (change === 8) one.marks = !one.marks
  else if (change === 9) siblings.splice(at, 0, oddElement(chance))
  else one.text = chance.of(oddValues as unknown as [string])
}

function move(one: Element, from: Element[], to: Element, root: Element): void {
  if (one === root || list(one).includes(to)) return
  from.splice(from.indexOf(one), 1)
  to.children.push(one)
}

function oddElement(chance: Chance): Element {
  const name = chance.of(oddNames as unknown as [string])
  const text = chance.of(oddValues as unknown as [string])
  return { name, text, marks: !chance.once(3), attribute: '', children: [] }
}

function list(element: Element): Element[] {
  return [element, ...element.children.flatMap(list)]
}
