import type { ElasticAddress, VmPort } from '../../../lib/contract/index.ts'
import type { Nic } from '../agent/cluster.ts'
import { allowAll, type Rule, type SecuredNic } from './security-groups.ts'

/** A VM with one NIC, on one of the hosts. */
export interface Vm {
  readonly host: 1 | 2
  readonly nic: Nic
  readonly spec: VmPort
  readonly elastic: ElasticAddress | null
  readonly secured: SecuredNic
}

const web: Rule[] = [
  { way: 'in', protocol: 'tcp', ports: '80' },
  { way: 'out', protocol: 'icmp' },
]
const served: Rule[] = [
  { way: 'in', protocol: 'tcp', ports: '80' },
  { way: 'in', protocol: 'icmp' },
  { way: 'out', protocol: 'all' },
]
const database: Rule[] = [
  { way: 'in', protocol: 'tcp', ports: '80' },
  { way: 'in', protocol: 'tcp', ports: '5432', net: '172.30.0.12' },
  { way: 'in', protocol: 'udp', ports: '53', net: '172.30.0.12' },
  { way: 'out', protocol: 'icmp' },
  { way: 'out', protocol: 'tcp', ports: '80' },
]

/** web, api, db and far have elastic addresses; the colours are private networks. */
export const vms = {
  web: open(1, 1, web),
  api: open(2, 1, served),
  db: open(3, 1, allowAll),
  far: open(4, 2, served),
  red1: inside(11, 1, 5, '172.30.0.11', database),
  red2: inside(12, 1, 5, '172.30.0.12', [{ way: 'in', protocol: 'udp' }, ...served]),
  red3: inside(13, 2, 5, '172.30.0.13', served),
  blue1: inside(21, 1, 6, '172.30.0.11', served),
  blue2: inside(22, 1, 6, '172.30.0.12', served),
  blue3: inside(23, 2, 6, '172.30.0.13', served),
  green: inside(31, 1, 7, '172.31.7.11', served),
  grey: inside(41, 1, 8, '172.31.8.11', served),
} as const satisfies Record<string, Vm>

export type VmName = keyof typeof vms

/** The elastic address of a VM of the public network. Throws for the others. */
export function elasticOf(name: VmName): ElasticAddress {
  const { elastic }: Vm = vms[name]
  if (elastic === null) throw new Error(`${name} has no elastic address`)
  return elastic
}

/** A VM of the public network: its own address is the second of a /31, its elastic one 195.154.0.<vm>. */
function open(vm: number, host: 1 | 2, rules: readonly Rule[]): Vm {
  const [gateway, address] = [`100.64.0.${2 * vm}`, `100.64.0.${2 * vm + 1}`]
  const made = inside(vm, host, 4, address, rules)
  return {
    ...made,
    nic: { ...made.nic, address: `${address}/31`, gateway },
    elastic: { external: `195.154.0.${vm}`, address, gateway, network: 4, port: made.nic.port },
    secured: { ...made.secured, driver: 'elastic' },
  }
}

function inside(
  vm: number,
  host: 1 | 2,
  network: number,
  address: string,
  rules: readonly Rule[],
): Vm {
  const port = `one-${vm}-0`
  const mac = `02:00:00:00:00:${String(vm).padStart(2, '0')}`
  return {
    host,
    nic: {
      ...{ port, mac, bridge: `onebr${network}`, address: `${address}/24` },
      gateway: address.replace(/\d+$/, '1'),
    },
    spec: { port, vm, nic: 0, network, mac, addresses: [address] },
    elastic: null,
    secured: { port, driver: 'vxlan', address, group: 100 + vm, rules },
  }
}
