import { ping } from '../../lab/demo/ping.ts'
import { claim } from '../../lab/demo/proof.ts'
import type { Lab } from '../../lab/whole/lab.ts'

export interface Machine {
  readonly vm: number
  readonly ip: string
  /** Undefined without a public NIC. */
  readonly elastic: string | undefined
}

/** Starts a virtual machine on a host. */
export async function startMachine(
  { openNebula }: Lab,
  name: string,
  hostId: number,
  networks: readonly number[],
): Promise<Machine> {
  const nics = networks.map((networkId) => ({ networkId }))
  const vm = await openNebula.instantiate({ name, hostId, nics })
  await openNebula.waitVm(vm, 'RUNNING')
  const got = openNebula.state.vms.get(vm).nics
  return { vm, ip: got.at(-1)?.['IP'] ?? '', elastic: got[0]?.['EXTERNAL_IP'] }
}

/** Each machine pings the next, and the internet those with a public address; answers what was seen. */
export async function reachable(lab: Lab, machines: readonly Machine[]): Promise<string> {
  const seen: string[] = []
  for (const [index, from] of machines.entries()) {
    const to = machines[(index + 1) % machines.length] ?? from
    const { sent, received } = await ping(lab, from.vm, to.ip)
    seen.push(`${received} of ${sent} from ${from.ip} to ${to.ip}`)
    claim(received === sent, seen.join(', '))
    if (from.elastic === undefined) continue
    const argv = ['ping', '-n', '-q', '-W', '2', '-c', '3', '-i', '0.2', from.elastic]
    const { stdout } = await lab.outside.exec(argv)
    const [, answers] = /(\d+) received/.exec(stdout) ?? []
    seen.push(`${answers} of 3 to ${from.elastic}`)
    claim(answers === '3', seen.join(', '))
  }
  return seen.join(', ')
}
