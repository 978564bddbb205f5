import type { Link, Observed, Stack } from '../host/index.ts'
import { bridgeLines, ipLines } from '../link/index.ts'
import type { LinkSetting, NetworkStep } from '../plan/index.ts'
import { broken, type Finding } from './hop.ts'
import { few, restart } from './words.ts'

/** What these steps would change, as a finding: seen versus wanted, and how to put it right; null when none. */
export function differing(steps: readonly NetworkStep[], observed: Observed): Finding | null {
  if (steps.length === 0) return null
  return broken(few(steps.map((step) => difference(step, observed))), remedy(steps))
}

/** What is seen where a step would change something. */
export function difference(step: NetworkStep, observed: Observed): string {
  const stack = stackOf(step, observed)
  const where = 'at' in step && step.at !== null ? ` in ${step.at}` : ''
  switch (step.kind) {
    case 'link-add':
      return `${step.link.name} is not there`
    case 'link-rename':
      return `${step.to} is not there, its device is still called ${step.from}`
    case 'link-delete':
      return `${step.name} cannot be kept as it is`
    case 'link-set':
      return `${setting(step.name, step.to, linkNamed(stack, step.name))}${where}`
    case 'sysctl-set':
      return `${step.key} is ${stack?.sysctls[step.key] ?? 'absent'}${where}, not ${step.value}`
    case 'module':
      return `kernel module ${step.name} is not loaded`
    case 'address-add':
      return `${step.address.device}${where} lacks address ${step.address.address}`
    case 'address-delete':
      return `${step.address.device}${where} has address ${step.address.address}, which is not its`
    case 'namespace-add':
      return `router namespace ${step.name} is not there`
    case 'mark':
      return `${step.namespace} is not marked as applied`
    case 'fdb-set':
      return step.entry.destination === null
        ? `the gateway's MAC is not pinned to ${step.entry.device}`
        : `${step.entry.device} does not flood to ${step.entry.destination}`
    case 'neighbour-set': {
      const { address, mac, device } = step.neighbour
      return mac === null
        ? `nobody answers ARP for ${address} on ${device}${where}`
        : `${address} is not known as ${mac} on ${device}${where}`
    }
    case 'neighbour-delete':
      return `there is a stray entry for ${step.neighbour.address} on ${step.neighbour.device}${where}`
    case 'route-set':
      return `there is no ${step.sentence}`
    case 'route-delete':
      return `there is a stray route to ${step.route.destination} on ${step.route.device}${where}`
    case 'rule-add':
      return `what comes from ${step.rule.iif} is not routed by table ${step.rule.table}`
    case 'rule-delete':
      return `what comes from ${step.rule.iif} is routed by table ${step.rule.table}, as nobody wants`
    default:
      return `not done: ${step.sentence}`
  }
}

/** The agent does it; and by hand, when that is a line or two. */
export function remedy(steps: readonly NetworkStep[]): string {
  const commands = steps.map(commandOf)
  const lines = commands.flat()
  if (commands.some((command) => command.length === 0) || lines.length > 2) return restart
  return `${restart} By hand: ${lines.map((line) => `\`${line}\``).join(', ')}.`
}

function commandOf(step: NetworkStep): string[] {
  const at = 'at' in step ? step.at : null
  if (step.kind === 'sysctl-set') {
    const inside = at === null ? '' : `ip netns exec ${at} `
    return [`${inside}sysctl -w ${step.key.replaceAll('/', '.')}=${step.value}`]
  }
  if (step.kind === 'module') return [`modprobe ${step.name}`]
  return [
    ...ipLines(step).map((line) => `ip ${at === null ? '' : `-n ${at} `}${line}`),
    ...bridgeLines(step).map((line) => `bridge ${line}`),
  ]
}

function stackOf(step: NetworkStep, { host, inside }: Observed): Stack | undefined {
  return 'at' in step && step.at !== null ? inside[step.at] : host
}

const linkNamed = (stack: Stack | undefined, name: string): Link | undefined =>
  stack?.links.find((link) => link.name === name)

function setting(name: string, to: LinkSetting, link: Link | undefined): string {
  switch (to.what) {
    case 'up':
      return `${name} is down`
    case 'mtu':
      return `${name} has MTU ${link?.mtu ?? 'unknown'}, not ${to.mtu}`
    case 'mac':
      return `${name} has MAC ${link?.mac ?? 'unknown'}, not ${to.mac}`
    case 'master':
      return `${name} is on ${link?.master ?? 'no bridge'}, not on ${to.master}`
    case 'nomaster':
      return `${name} is plugged into ${link?.master ?? 'a bridge'}, where it does not belong`
    case 'vxlan':
      return `${name} sends from ${link?.vxlan?.local ?? 'nowhere'}, not from ${to.local} without learning`
    case 'port':
      return `${name} has the wrong port flags, not ${Object.entries(to.flags)
        .map(([flag, on]) => `${flag} ${on ? 'on' : 'off'}`)
        .join(', ')}`
    case 'bridge':
      return `${name} has other bridge options (multicast snooping, STP or forward delay)`
    case 'group':
      return `${name} is not marked as the agent's`
  }
}
