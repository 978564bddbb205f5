import { type Cidr, formatCidr, overlaps, parseCidr } from '../../../../lib/net/index.ts'
import type { Sim } from '../engine/sim.ts'
import { invalidArgument } from '../transport/errors.ts'

const reserved = ['127.0.0.0/8', '0.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '224.0.0.0/4'].map(
  parseCidr,
)
const automatic = parseCidr('172.16.0.0/12')
const automaticBits = 22

/** The IPv4 prefixes of a new network: those asked for, checked, or the next free /22. */
export function chooseSubnets(sim: Sim, vpcId: string, wanted: readonly string[]): string[] {
  const used = usedIn(sim, vpcId)
  const ipv4 = wanted.filter((text) => !text.includes(':'))
  if (ipv4.length === 0) return [formatCidr(nextFree(used))]
  const chosen: Cidr[] = []
  for (const text of ipv4) {
    const cidr = parse(text)
    if (reserved.some((other) => overlaps(other, cidr)))
      throw invalidArgument('subnets', 'constraint', `${text} is in a reserved range`)
    if ([...used, ...chosen].some((other) => overlaps(other, cidr)))
      throw invalidArgument('subnets', 'constraint', `${text} overlaps another subnet of the VPC`)
    chosen.push(cidr)
  }
  return chosen.map(formatCidr)
}

export function uniqueLocal(sim: Sim): string {
  return `fd${sim.chance.hex(2)}:1${sim.chance.hex(3)}:1${sim.chance.hex(3)}:1${sim.chance.hex(3)}::/64`
}

function parse(text: string): Cidr {
  try {
    const cidr = parseCidr(text)
    if (formatCidr(cidr) !== text) throw new TypeError(`"${text}" has host bits set`)
    if (cidr.bits > 29) throw new TypeError(`"${text}" is smaller than /29`)
    return cidr
  } catch (error) {
    throw invalidArgument('subnets', 'format', (error as Error).message)
  }
}

function usedIn(sim: Sim, vpcId: string): Cidr[] {
  return [...sim.store.privateNetworks.values()]
    .filter(({ vpc_id }) => vpc_id === vpcId)
    .flatMap(({ subnets }) => subnets.map(({ subnet }) => subnet))
    .filter((subnet) => !subnet.includes(':'))
    .map(parseCidr)
}

function nextFree(used: readonly Cidr[]): Cidr {
  const size = 2 ** (32 - automaticBits)
  for (let first = automatic.first; first < automatic.last; first += size) {
    const cidr = { first, last: first + size - 1, bits: automaticBits }
    if (!used.some((other) => overlaps(other, cidr))) return cidr
  }
  throw invalidArgument('subnets', 'constraint', 'no free subnet in this VPC')
}
