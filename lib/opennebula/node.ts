import type { Attribute, Template, Vector } from './template.ts'

/** An element: its text (CDATA included) and its children in document order. */
export interface XmlNode {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlNode[]
}

/**
 * Every element at a path, whatever repeats on the way: in a driver's VM document, where each NIC
 * sits in a TEMPLATE of its own, `allAt(vm, 'TEMPLATE', 'NIC')` yields all NICs.
 */
export function allAt(node: XmlNode, ...path: string[]): XmlNode[] {
  return path.reduce<XmlNode[]>(
    (nodes, name) => nodes.flatMap((one) => one.children.filter((child) => child.name === name)),
    [node],
  )
}

/** Text of the first element at a path; undefined when it is absent or empty. */
export function textAt(node: XmlNode, ...path: string[]): string | undefined {
  return allAt(node, ...path)[0]?.text || undefined
}

/** An integer at a path; `fallback` when absent, empty or not a number. */
export function integerAt(node: XmlNode, path: readonly string[], fallback: number): number {
  const text = textAt(node, ...path)
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : fallback
}

/** The members of an element that has only plain children: a NIC, an AR, ONEFORM. */
export function vectorFrom(node: XmlNode): Vector {
  return Object.fromEntries(
    node.children.filter(({ children }) => children.length === 0).map((c) => [c.name, c.text]),
  )
}

/** TEMPLATE elements (one, or the repeated ones of a driver message) as a plain object. */
export function templateFrom(nodes: readonly XmlNode[]): Template {
  const template: Record<string, Attribute> = {}
  for (const child of nodes.flatMap(({ children }) => children)) {
    const value = child.children.length > 0 ? vectorFrom(child) : child.text
    const known = template[child.name]
    template[child.name] = known === undefined ? value : [known, value].flat()
  }
  return template
}
