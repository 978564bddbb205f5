import { setTimeout as pause } from 'node:timers/promises'
import type { Lab } from '../whole/lab.ts'
import type { Cluster, ClusterHost } from './cluster.ts'
import type { Guests } from './guests.ts'
import { pingDuring } from './ping.ts'
import { type Check, claim } from './proof.ts'

/** What the hosts themselves show: units, sessions, routes, maps. */
export function machineryChecks(lab: Lab, { hosts }: Cluster, guests: Guests): Check[] {
  return [
    {
      name: 'the agent is a running systemd unit on each host',
      run: async () => {
        const states = await onEach(hosts, async ({ address }) => {
          const { stdout } = await lab.metal.execOn(address, [
            'systemctl',
            'show',
            '-p',
            'ActiveState,SubState',
            '--value',
            'edge-agent.service',
          ])
          return stdout.trim().replaceAll(/\s+/g, '/')
        })
        return claim(
          states.every((state) => state === 'active/running'),
          states.join(', '),
        )
      },
    },
    {
      name: 'EVPN sessions are established on each host',
      run: async () => {
        const look = () => onEach(hosts, ({ address }) => sessions(lab, address))
        const all = (counts: readonly Sessions[]) =>
          counts.every(({ up, of }) => of > 0 && up === of)
        const counts = await seenWithin(20_000, look, all)
        return claim(all(counts), counts.map(({ up, of }) => `${up} of ${of}`).join(', '))
      },
    },
    {
      name: 'type-2 and type-3 EVPN routes are there',
      run: async () => {
        const address = hosts[0]?.address ?? ''
        const look = async () => {
          const text = (await vtysh(lab, address, 'show bgp l2vpn evpn')).stdout
          // Routes begin with their status; the legend above them does not.
          return { macs: count(text, /^ *\*.*\[2\]:/gm), floods: count(text, /^ *\*.*\[3\]:/gm) }
        }
        // Of the others' too: each host has one flood route of its own for each network.
        const enough = ({ macs, floods }: Awaited<ReturnType<typeof look>>) =>
          macs >= 3 && floods >= 6
        const { macs, floods } = await seenWithin(20_000, look, enough)
        return claim(
          enough({ macs, floods }),
          `${macs} type-2 and ${floods} type-3 routes on ${address}`,
        )
      },
    },
    {
      name: 'nft maps the elastic address on the VM’s host only',
      run: async () => {
        const external = `${guests.web.elastic}`
        const home = lab.hypervisor.hostOf(guests.web.vm)
        const holders: string[] = []
        for (const { address } of hosts) {
          if ((await rulesets(lab, address)).includes(external)) holders.push(address)
        }
        return claim(
          holders.length === 1 && holders[0] === home,
          `${external} is mapped on ${holders.join(', ') || 'no host'}; the VM is on ${home}`,
        )
      },
    },
  ]
}

/** What must not be felt by a VM. */
export function resilienceChecks(lab: Lab, { hosts }: Cluster, { db, app }: Guests): Check[] {
  const host = () => lab.hypervisor.hostOf(db.vm) ?? hosts[0]?.address ?? ''
  return [
    {
      name: 'stopping FRR on a host loses no ping between VMs',
      run: async () => {
        const { sent, received } = await pingDuring(lab, app.vm, db.ip, 5, async () => {
          await pause(1000)
          await must(lab, host(), ['systemctl', 'stop', 'frr.service'])
        })
        await must(lab, host(), ['systemctl', 'start', 'frr.service'])
        return claim(
          received === sent,
          `${received} of ${sent} pings while FRR was stopped on ${host()}`,
        )
      },
    },
    {
      name: 'killing the agent loses no packet, and its unit brings it back',
      run: async () => {
        const before = await agentPid(lab, host())
        const { sent, received } = await pingDuring(lab, app.vm, db.ip, 5, async () => {
          await pause(500)
          await must(lab, host(), ['kill', '-9', before])
        })
        const until = performance.now() + 20_000
        let after = await agentPid(lab, host())
        while ((after === before || after === '0') && performance.now() < until) {
          await pause(200)
          after = await agentPid(lab, host())
        }
        claim(received === sent, `${received} of ${sent} pings while the agent was killed`)
        return claim(
          after !== before && after !== '0',
          `${received} of ${sent} pings; process ${before} is now ${after}`,
        )
      },
    },
  ]
}

/** Looks until it is right or time is up; answers what was seen last. */
async function seenWithin<T>(
  ms: number,
  look: () => Promise<T>,
  right: (seen: T) => boolean,
): Promise<T> {
  const until = performance.now() + ms
  while (true) {
    const seen = await look()
    if (right(seen) || performance.now() > until) return seen
    await pause(250)
  }
}

async function agentPid(lab: Lab, address: string): Promise<string> {
  const argv = ['systemctl', 'show', '-p', 'MainPID', '--value', 'edge-agent.service']
  return (await lab.metal.execOn(address, argv)).stdout.trim()
}

interface Sessions {
  readonly up: number
  readonly of: number
}

async function sessions(lab: Lab, address: string): Promise<Sessions> {
  const { stdout } = await vtysh(lab, address, 'show bgp l2vpn evpn summary json')
  const { peers = {} } = JSON.parse(stdout) as { peers?: Record<string, { state: string }> }
  const states = Object.values(peers).map(({ state }) => state)
  return { up: states.filter((state) => state === 'Established').length, of: states.length }
}

async function vtysh(lab: Lab, address: string, command: string) {
  return await lab.metal.execOn(address, ['vtysh', '-c', command])
}

/** Every nft ruleset of a host, its router namespaces' included. */
async function rulesets(lab: Lab, address: string): Promise<string> {
  const names = (await lab.metal.execOn(address, ['ls', '/run/netns'])).stdout
    .split('\n')
    .filter(Boolean)
  const inside = names.map((name) => ['ip', 'netns', 'exec', name, 'nft', 'list', 'ruleset'])
  const all = await Promise.all(
    [['nft', 'list', 'ruleset'], ...inside].map((argv) => lab.metal.execOn(address, argv)),
  )
  return all.map(({ stdout }) => stdout).join('\n')
}

async function must(lab: Lab, address: string, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await lab.metal.execOn(address, argv)
  if (code !== 0) throw new Error(`${argv.join(' ')} on ${address}: ${stderr}`)
}

async function onEach<T>(
  hosts: readonly ClusterHost[],
  look: (host: ClusterHost) => Promise<T>,
): Promise<T[]> {
  return await Promise.all(hosts.map(look))
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
