import { ipv4ToNumber, isIpv4, numberToIpv4 } from './ipv4.ts'

/** An IPv4 prefix; `first` is its network address whatever host bits the text had. */
export interface Cidr {
  readonly first: number
  readonly last: number
  readonly bits: number
}

/** Parses `a.b.c.d/n`. Throws TypeError when malformed; host bits are allowed (`10.0.0.5/24`). */
export function parseCidr(text: string): Cidr {
  const [address = '', length = '', ...rest] = text.split('/')
  const bits = Number(length)
  if (!isIpv4(address) || !/^\d{1,2}$/.test(length) || bits > 32 || rest.length > 0) {
    throw new TypeError(`"${text}" is not an IPv4 prefix like 10.0.0.0/22`)
  }
  const size = 2 ** (32 - bits)
  const first = Math.floor(ipv4ToNumber(address) / size) * size
  return { first, last: first + size - 1, bits }
}

export function formatCidr({ first, bits }: Cidr): string {
  return `${numberToIpv4(first)}/${bits}`
}

/** The dotted netmask of a prefix length: 22 → 255.255.252.0. */
export function netmask(bits: number): string {
  return numberToIpv4(0xffffffff - (2 ** (32 - bits) - 1))
}

export function contains(range: Cidr, address: string): boolean {
  return holds(range, ipv4ToNumber(address))
}

/** The same of an address as a number. */
export function holds({ first, last }: Cidr, value: number): boolean {
  return value >= first && value <= last
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last
}

/** The address part of `a.b.c.d/n`, or the text itself when it has no prefix length. */
export function addressOf(text: string): string {
  return text.split('/')[0] ?? text
}
