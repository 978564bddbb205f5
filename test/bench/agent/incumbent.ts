import { createFabric, type Machine } from '../../net/agent/fabric.ts'
import type { Elastic } from './specs.ts'

/**
 * OpenNebula's stock elastic driver on the host's own stack: for each address four processes, in the
 * driver's words. Without the ssh, the sudo and the Ruby that it pays for on top, and started by one
 * shell inside, which is the cheapest way there is: it only looks better than it is.
 */
export interface Incumbent {
  readonly machine: Machine
  add(elastics: readonly Elastic[]): Promise<void>
  remove(elastics: readonly Elastic[]): Promise<void>
  /** Forgets all of them at once. */
  clear(): Promise<void>
  /** Puts the same rules there at once, to measure what they cost afterwards. */
  preload(elastics: readonly Elastic[]): Promise<void>
}

const bridge = 'br0'
const makeBridge = `ip link add ${bridge} type bridge; ip link set ${bridge} up`

/** A second host; it ends with this process. */
export async function createIncumbent(): Promise<Incumbent> {
  const machine = await createFabric().machine('incumbent')
  await machine.sh(`ip link add eth0 type veth peer name isp; ip link set isp up; ip link set eth0 up
    ${makeBridge}
    ip addr add 51.15.0.11/24 dev eth0; ip route add default via 51.15.0.1
    echo 1 > /proc/sys/net/ipv4/ip_forward`)
  const run = async (program: string, input: string) => {
    const argv = ['bash', '-ec', program]
    const { code, stderr } = await machine.exec.run(argv, { input, deadlineMs: 900_000 })
    if (code !== 0) throw new Error(`the incumbent's way failed: ${stderr}`)
  }
  const sequence = (verb: 'add' | 'del', rule: 'A' | 'D', elastics: readonly Elastic[]) =>
    run(
      `while read -r vm gateway external; do
        ip route ${verb} "$vm/32" dev ${bridge}
        ip neighbour ${verb} proxy "$gateway" dev ${bridge}
        iptables -w 3 -t nat -${rule} POSTROUTING -s "$vm" -j SNAT --to-source "$external"
        iptables -w 3 -t nat -${rule} PREROUTING -d "$external" -j DNAT --to-destination "$vm"
      done`,
      linesOf(elastics, ({ address, gateway, external }) => `${address} ${gateway} ${external}`),
    )
  return {
    machine,
    add: (elastics) => sequence('add', 'A', elastics),
    remove: (elastics) => sequence('del', 'D', elastics),
    clear: () =>
      run(
        `iptables -w 3 -t nat -F PREROUTING; iptables -w 3 -t nat -F POSTROUTING
        ip link delete ${bridge}; ${makeBridge}`,
        '',
      ),
    preload: async (elastics) => {
      await run(
        'ip -batch -',
        linesOf(
          elastics,
          ({ address, gateway }) =>
            `route add ${address}/32 dev ${bridge}\nneighbour add proxy ${gateway} dev ${bridge}`,
        ),
      )
      const rules = linesOf(
        elastics,
        ({ address, external }) =>
          `-A POSTROUTING -s ${address} -j SNAT --to-source ${external}\n-A PREROUTING -d ${external} -j DNAT --to-destination ${address}`,
      )
      await run('iptables-restore --noflush', `*nat\n${rules}COMMIT\n`)
    },
  }
}

function linesOf(elastics: readonly Elastic[], line: (elastic: Elastic) => string): string {
  return elastics.map((elastic) => `${line(elastic)}\n`).join('')
}
