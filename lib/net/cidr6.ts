import ipaddr from 'ipaddr.js'

/** An IPv6 prefix; `first` is its network address whatever host bits the text had. */
export interface Cidr6 {
  readonly first: bigint
  readonly last: bigint
  readonly bits: number
}

/** Parses `2001:db8::/32`. Throws TypeError when malformed; host bits are allowed. */
export function parseCidr6(text: string): Cidr6 {
  const [address = '', length = '', ...rest] = text.split('/')
  const bits = Number(length)
  if (!isIpv6(address) || !/^\d{1,3}$/.test(length) || bits > 128 || rest.length > 0) {
    throw new TypeError(`"${text}" is not an IPv6 prefix like 2001:db8::/32`)
  }
  const value = ipaddr.IPv6.parse(address)
    .toByteArray()
    .reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
  const size = 2n ** BigInt(128 - bits)
  const first = (value / size) * size
  return { first, last: first + size - 1n, bits }
}

/** The form of RFC 5952, which is also how the kernel's tools write it. */
export function formatCidr6({ first, bits }: Cidr6): string {
  const octets = Array.from({ length: 16 }, (_, at) =>
    Number((first >> BigInt(8 * (15 - at))) & 255n),
  )
  return `${new ipaddr.IPv6(octets).toString()}/${bits}`
}

/** True for colons and hexadecimal groups; a zone or a dotted tail is not taken. */
export function isIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:]+$/.test(text) && ipaddr.IPv6.isValid(text)
}
