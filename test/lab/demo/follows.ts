import { setTimeout as pause } from 'node:timers/promises'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'
import type { Guest } from './guests.ts'
import { claim } from './proof.ts'

const answersWithinMs = 1000
const emptyWithinMs = 10_000

/**
 * Live-migrates a VM with a public address while the internet pings it: it answers from the new host as
 * soon as the cloud says that it is attached there, and the old host keeps nothing of it.
 */
export async function addressFollows(lab: Lab, { hosts }: Cluster, guest: Guest): Promise<string> {
  const source = lab.hypervisor.hostOf(guest.vm) ?? ''
  const target = hosts.find(({ address }) => address !== source)
  if (!target || guest.elastic === undefined)
    throw new Error('there is nothing to move, or nowhere')
  const before = inCloud(lab, guest.elastic).server_id
  const pinging = lab.outside.exec(['ping', '-nD', '-i', '0.05', '-c', '400', guest.elastic])
  const attached = attachment(lab, guest.elastic, before)
  await lab.openNebula.migrate(guest.vm, target.id, true)
  await lab.openNebula.waitVm(guest.vm, 'RUNNING')
  const since = await attached
  const answers = [...(await pinging).stdout.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)]
  const first = answers.map(([, at]) => Number(at) * 1000).find((at) => at >= since)
  const delay = first === undefined ? Number.POSITIVE_INFINITY : Math.round(first - since)
  claim(lab.hypervisor.hostOf(guest.vm) === target.address, `${guest.name} did not move`)
  claim(delay <= answersWithinMs, `${guest.elastic} answered after ${delay} ms`)
  const left = await leftOn(lab, source, guest.elastic)
  return claim(
    left === '',
    `${guest.elastic} answered on ${target.address} ${delay} ms after the cloud attached it; ${source} has ${left || 'nothing of it'}`,
  )
}

function inCloud({ scaleway }: Lab, external: string) {
  const all = [...scaleway.state.flexibleIps.values()]
  const found = all.find(({ ip_address }) => ip_address === external)
  if (!found) throw new Error(`The cloud knows no ${external}`)
  return found
}

/** When the cloud says for the first time that another server has the address, in ms since 1970. */
async function attachment(lab: Lab, external: string, before: string | null): Promise<number> {
  const until = performance.now() + 60_000
  while (performance.now() < until) {
    const { status, server_id } = inCloud(lab, external)
    if (status === 'attached' && server_id !== before) return Date.now()
    await pause(5)
  }
  throw new Error(`${external} stays attached to ${before}`)
}

/** What a host has of an address: the first line of it, once it had time to clear up. */
async function leftOn(lab: Lab, host: string, external: string): Promise<string> {
  const inner = inCloud(lab, external)
    .tags.find((tag) => tag.startsWith('private='))
    ?.slice('private='.length)
    .replace(/\/31$/, '')
  const pattern = new RegExp(
    `(?<![\\d.])(?:${[external, inner].join('|').replaceAll('.', '\\.')})(?![\\d./])`,
  )
  const until = performance.now() + emptyWithinMs
  for (;;) {
    const { stdout } = await lab.metal.execOn(host, ['bash', '-c', everything])
    const found = stdout.split('\n').find((line) => pattern.test(line))
    if (found === undefined || performance.now() > until) return (found ?? '').trim().slice(0, 120)
    await pause(200)
  }
}

/** All a host says of addresses, itself and in each of its namespaces. */
const everything = `look() { $1 nft list ruleset; $1 ip route show table all; $1 ip neighbour show; $1 ip neighbour show proxy; $1 ip address; }
look ''
for name in $(ls /run/netns); do look "ip netns exec $name"; done`
