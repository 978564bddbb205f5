export {
  addressOf,
  type Cidr,
  contains,
  formatCidr,
  holds,
  netmask,
  overlaps,
  parseCidr,
} from './cidr.ts'
export { type Cidr6, formatCidr6, isIpv6, parseCidr6 } from './cidr6.ts'
export { ipv4ToNumber, isIpv4, numberToIpv4 } from './ipv4.ts'
export { normalizeMac } from './mac.ts'
