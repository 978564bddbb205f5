const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const form = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** An IPv4 address as a number 0..2³²-1. Throws TypeError for anything that is not dotted decimal. */
export function ipv4ToNumber(text: string): number {
  if (!isIpv4(text)) throw new TypeError(`"${text}" is not an IPv4 address`)
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** The dotted form of 0..2³²-1. */
export function numberToIpv4(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`${value} is not an IPv4 address`)
  }
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')
}

/** True for four decimal octets without leading zeros; nothing else is taken as an address. */
export function isIpv4(text: string): boolean {
  return form.test(text)
}
