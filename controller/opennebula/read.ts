import {
  allAt,
  integerAt,
  type Template,
  templateFrom,
  textAt,
  type XmlNode,
} from '../../lib/opennebula/index.ts'
import type { Owned, Permissions } from './objects.ts'

// What all objects of oned's pools have in common.

export const idOf = (node: XmlNode): number => integerAt(node, ['ID'], -1)

export const nameOf = (node: XmlNode): string => textAt(node, 'NAME') ?? ''

export const templateOf = (node: XmlNode): Template => templateFrom(allAt(node, 'TEMPLATE'))

/** Ids listed as `<HOSTS><ID>1</ID><ID>2</ID></HOSTS>`. */
export function idsAt(node: XmlNode, name: string): number[] {
  return allAt(node, name, 'ID').map(({ text }) => Number(text))
}

/** An integer that oned leaves empty when there is none. */
export function optionalInteger(node: XmlNode, name: string): number | undefined {
  const text = textAt(node, name)
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined
}

export function ownerOf(node: XmlNode): Owned['owner'] {
  return {
    uid: integerAt(node, ['UID'], -1),
    gid: integerAt(node, ['GID'], -1),
    uname: textAt(node, 'UNAME') ?? '',
    gname: textAt(node, 'GNAME') ?? '',
  }
}

export function permissionsOf(node: XmlNode): Permissions {
  const has = (name: string) => textAt(node, 'PERMISSIONS', name) === '1'
  return {
    ownerU: has('OWNER_U'),
    ownerM: has('OWNER_M'),
    ownerA: has('OWNER_A'),
    groupU: has('GROUP_U'),
    groupM: has('GROUP_M'),
    groupA: has('GROUP_A'),
    otherU: has('OTHER_U'),
    otherM: has('OTHER_M'),
    otherA: has('OTHER_A'),
  }
}
