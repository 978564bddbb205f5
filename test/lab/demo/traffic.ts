import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { askPeer } from '../net/ask.ts'
import { echoPort, outsideAddress } from '../net/outside.ts'
import type { CommandResult } from '../sandbox/command.ts'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'
import { addressFollows } from './follows.ts'
import type { Guest, Guests } from './guests.ts'
import { ping } from './ping.ts'
import { type Check, claim } from './proof.ts'

/** What packets say while everything runs. */
export function trafficChecks(lab: Lab, cluster: Cluster, guests: Guests): Check[] {
  const { web, app, db, other } = guests
  return [
    {
      name: 'VM to VM by private address across hosts',
      run: async () => {
        const { sent, received } = await ping(lab, web.vm, db.ip)
        const hosts = `${lab.hypervisor.hostOf(web.vm)} → ${lab.hypervisor.hostOf(db.vm)}`
        return claim(
          received === sent,
          `${received} of ${sent} pings from ${web.ip} to ${db.ip} (${hosts})`,
        )
      },
    },
    {
      name: 'two networks do not reach each other',
      run: async () => {
        const gateway = await ping(lab, other.vm, gatewayOf(other.ip))
        claim(gateway.received > 0, `the other VM does not even reach its own gateway`)
        const counted = await packetsDuring(lab, db, () => ping(lab, other.vm, db.ip, { count: 2 }))
        const { result, packets } = counted
        // Both networks have the same prefix: what answers, if anything, is a VM of one's own network.
        const seen = `${result.received} of ${result.sent} pings answered, ${packets} reached ${db.name}; its own gateway answered ${gateway.received}`
        return claim(packets === 0 && (other.ip === db.ip || result.received === 0), seen)
      },
    },
    {
      name: 'internet to VM by elastic IP',
      run: async () => {
        const stop = await serve(lab, web)
        try {
          const answer = await lab.outside.exec(askPeer('tcp', `${web.elastic}`, echoPort))
          const seen = `${outsideAddress} asked ${web.elastic}, and ${web.name} saw ${said(answer)}`
          return claim(peerOf(answer) === outsideAddress, seen)
        } finally {
          await stop()
        }
      },
    },
    {
      name: 'VM to internet leaves with its elastic IP',
      run: async () => {
        const answer = await askOutside(lab, web)
        return claim(
          peerOf(answer) === web.elastic,
          `the internet saw ${said(answer)}; its elastic IP is ${web.elastic}`,
        )
      },
    },
    {
      name: 'VM to another VM by elastic IP across hosts',
      run: async () => {
        const { sent, received } = await ping(lab, web.vm, `${app.elastic}`)
        return claim(
          received === sent,
          `${received} of ${sent} pings from ${web.name} to ${app.elastic}`,
        )
      },
    },
    {
      name: 'a VM without elastic IP leaves through the public gateway',
      run: async () => {
        const answer = await askOutside(lab, db)
        const gateways = gatewayAddresses(lab)
        const seen = `the internet saw ${said(answer)}; the public gateway is ${gateways.join(', ')}`
        return claim(gateways.includes(peerOf(answer)), seen)
      },
    },
    {
      name: 'a VM moved to another host keeps both addresses',
      run: () => moved(lab, cluster, guests),
    },
    {
      name: 'a moved VM’s public address follows at once, and its old host keeps nothing of it',
      run: () => addressFollows(lab, cluster, web),
    },
  ]
}

/** Live-migrates `web` to the third host and asks it everything again. */
async function moved(lab: Lab, { hosts }: Cluster, { web, db, app }: Guests): Promise<string> {
  const from = lab.hypervisor.hostOf(web.vm)
  const target = hosts.at(-1)
  if (!target || target.address === from) throw new Error('there is no third host to move to')
  await lab.openNebula.migrate(web.vm, target.id, true)
  await lab.openNebula.waitVm(web.vm, 'RUNNING')
  const to = lab.hypervisor.hostOf(web.vm)
  claim(to === target.address, `${web.name} is on ${to}, not on ${target.address}`)
  await within(20_000, async () => peerOf(await askOutside(lab, web)) === web.elastic)
  const inside = await ping(lab, web.vm, app.ip)
  const neighbour = await ping(lab, web.vm, db.ip)
  const answer = await askOutside(lab, web)
  const stop = await serve(lab, web)
  try {
    const inbound = await lab.outside.exec(askPeer('tcp', `${web.elastic}`, echoPort))
    claim(
      peerOf(inbound) === outsideAddress,
      `the internet reaches ${web.elastic} no more: ${said(inbound)}`,
    )
  } finally {
    await stop()
  }
  claim(inside.received === inside.sent, `${inside.received} of ${inside.sent} pings to ${app.ip}`)
  claim(neighbour.received > 0, `no ping to ${db.ip} on the same host`)
  return claim(
    peerOf(answer) === web.elastic,
    `${from} → ${to}: ${web.ip} answers, the internet reaches ${web.elastic} and sees ${said(answer)}`,
  )
}

async function askOutside(lab: Lab, guest: Guest): Promise<CommandResult> {
  return await lab.hypervisor.execInVm(guest.vm, askPeer('tcp', outsideAddress, echoPort))
}

/** Starts the program that tells callers who they are, in a VM; answers how to stop it. */
async function serve(lab: Lab, guest: Guest): Promise<() => Promise<void>> {
  const program = join(import.meta.dirname, '../net/echo.ts')
  const serving = lab.hypervisor
    .execInVm(guest.vm, ['timeout', '30', process.execPath, program, '0.0.0.0', `${echoPort}`])
    .catch(() => undefined)
  const self = ['bash', '-c', 'exec 3<>"/dev/tcp/127.0.0.1/$1"', 'probe', `${echoPort}`]
  await within(10_000, async () => (await lab.hypervisor.execInVm(guest.vm, self)).code === 0)
  return async () => {
    await lab.hypervisor.execInVm(guest.vm, ['pkill', '-f', `echo.ts 0.0.0.0 ${echoPort}`])
    await serving
  }
}

/** How many ICMP packets a VM's private NIC received during `work`. */
async function packetsDuring<T>(lab: Lab, guest: Guest, work: () => Promise<T>) {
  const count = async () => {
    const { stdout } = await lab.hypervisor.execInVm(guest.vm, ['cat', '/proc/net/snmp'])
    const rows = stdout.split('\n').filter((line) => line.startsWith('Icmp:'))
    return Number(rows[1]?.split(/\s+/)[1] ?? Number.NaN)
  }
  const before = await count()
  const result = await work()
  return { result, packets: (await count()) - before }
}

function gatewayAddresses({ scaleway }: Lab): string[] {
  return [...scaleway.state.gatewayIps.values()].map(({ address }) => address)
}

function gatewayOf(ip: string): string {
  return ip.replace(/\d+$/, '1')
}

function peerOf({ stdout }: CommandResult): string {
  return stdout.split(':')[0]?.trim() ?? ''
}

function said({ code, stdout, stderr }: CommandResult): string {
  return code === 0 ? stdout.trim() : `nothing (${stderr.trim() || `exit code ${code}`})`
}

async function within(ms: number, look: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + ms
  while (!(await look())) {
    if (performance.now() > until) return
    await pause(200)
  }
}
