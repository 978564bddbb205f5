import { isUtf8 } from 'node:buffer'
import { allAt, integerAt, textAt, vectorFrom, type XmlNode } from '../../lib/opennebula/node.ts'
import type { Vector } from '../../lib/opennebula/template.ts'
import { ipamFault } from './faults.ts'
import { readDocument } from './read-document.ts'
import { keepSecretsOf } from './secrets.ts'
import { short } from './short.ts'

/** What oned hands an IPAM driver: the address range and, for single addresses, which one. */
export interface DriverRequest {
  /** AR: only the user's attributes for register, the whole range otherwise. */
  readonly range: Vector
  readonly address: {
    readonly ip: string | undefined
    readonly mac: string | undefined
    readonly size: number
  }
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const largest = 1 << 20

/**
 * Reads a driver's argument and standard input: one request number, one line of base64, one XML
 * document. Throws EDGE_IPAM_REQUEST for anything else; a misread request would cost an address.
 */
export function readRequest(argv: readonly string[], input: string): DriverRequest {
  checkArguments(argv)
  const root = document(decode(input))
  if (root.name !== 'IPAM_DRIVER_ACTION_DATA') {
    throw bad(`the document is a ${root.name}, not an IPAM_DRIVER_ACTION_DATA`)
  }
  const [range, ...moreRanges] = allAt(root, 'AR')
  const [address, ...moreAddresses] = allAt(root, 'ADDRESS')
  if (!range || moreRanges.length > 0) throw bad('there must be exactly one AR')
  if (!address || moreAddresses.length > 0) throw bad('there must be exactly one ADDRESS')
  refuseTwins(range)
  refuseTwins(address)
  const attributes = vectorFrom(range)
  keepSecretsOf(attributes)
  return {
    range: attributes,
    address: {
      ip: textAt(address, 'IP'),
      mac: textAt(address, 'MAC'),
      size: integerAt(address, ['SIZE'], 1),
    },
  }
}

/**
 * oned puts values between CDATA marks as they are: one that holds `]]>` adds elements of a user's
 * making, and a second IP would have somebody else's address released.
 */
function refuseTwins({ name, children }: XmlNode): void {
  const seen = new Set<string>()
  for (const child of children) {
    if (seen.has(child.name)) throw bad(`${name} has ${short(child.name)} twice`)
    seen.add(child.name)
  }
}

/** The same for vnet_create and vnet_delete, whose document is the network. */
export function readNetworkId(argv: readonly string[], input: string): number {
  checkArguments(argv)
  const root = document(decode(input))
  const id = integerAt(root, ['ID'], -1)
  if (root.name !== 'VNET' || id < 0) throw bad('the document is not a VNET with an ID')
  return id
}

function checkArguments(argv: readonly string[]): void {
  if (argv.length !== 1 || !/^\d+$/.test(argv[0] ?? '')) {
    throw bad(`the arguments must be one request number, not ${argv.length} words`)
  }
}

function decode(input: string): string {
  const line = input.replace(/\r?\n$/, '')
  if (line === '') throw bad('standard input is empty')
  if (line.length > largest) throw bad('standard input is larger than 1 MiB')
  if (!base64.test(line)) throw bad('standard input is not one line of base64')
  const bytes = Buffer.from(line, 'base64')
  // TextDecoder costs 2 ms of start-up.
  if (!isUtf8(bytes)) throw bad('the document is not UTF-8')
  return bytes.toString('utf8')
}

function document(text: string) {
  try {
    return readDocument(text)
  } catch (error) {
    throw bad(error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error))
  }
}

function bad(what: string): Error {
  return ipamFault('EDGE_IPAM_REQUEST', `This is no request of OpenNebula: ${what}`)
}
