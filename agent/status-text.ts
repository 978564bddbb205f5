import type { ElasticHealth, HostReport } from '../lib/contract/index.ts'
import type { Status } from './status.ts'
import { bytes, duration, percent } from './units.ts'

/** Rows of a list that are printed; `--json` has them all. */
const mostRows = 10

/** The status for people: what is wrong first, then each subject under its name. */
export function statusText(status: Status): string {
  const { server, connected, report } = status
  return [
    `${server} is ${report.verdict}${connected ? '' : ', without controller'}`,
    ...report.reasons.map((reason) => `  - ${reason}`),
    ...subjects.flatMap(([name, linesOf]) => section(name, linesOf(status))),
  ].join('\n')
}

type Lines = (status: Status) => readonly string[]

const subjects: readonly (readonly [string, Lines])[] = [
  ['spec', specification],
  ['repairs', repairs],
  ['BGP', ({ report }) => sessions(report)],
  ['networks', ({ report }) => report.vnis.map(network)],
  ['underlay', ({ report }) => underlay(report)],
  ['elastic', ({ report }) => report.elastics.map(elastic)],
  ['NIC', ({ report }) => report.nics.map(nic)],
  ['conntrack', ({ report }) => report.connections.map(connections)],
  ['host', host],
  ['agent', ({ report }) => [ownUse(report)]],
  ['versions', ({ report }) => [versions(report)]],
]

/** `BGP        first row`, the others below it. */
function section(name: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostRows)
  const more = lines.length - shown.length
  if (more > 0) shown.push(`and ${more} more; --json has them all`)
  return shown.map((line, index) => `${(index === 0 ? name : '').padEnd(11)}${line}`)
}

function specification({ epoch, generation }: Status): string[] {
  return [generation === null ? 'none yet' : `generation ${generation} of epoch ${epoch}`]
}

function repairs({ report: { repairs: count, lastRepairs, at } }: Status): string[] {
  if (count === 0) return ['none since the agent started']
  return [
    `${count} since the agent started, the last:`,
    ...lastRepairs
      .toReversed()
      .map((repair) => `${duration(at - repair.at)} ago: ${repair.sentence}`),
  ]
}

function sessions({ sessions, bfd, silentDaemons }: HostReport): string[] {
  return [
    ...silentDaemons.map((daemon) => `${daemon} does not answer`),
    ...sessions.map(({ neighbour, state, uptimeMs, prefixesReceived }) => {
      const since = uptimeMs > 0 ? ` for ${duration(uptimeMs)}, ${prefixesReceived} routes` : ''
      const detection = bfd.find((session) => session.neighbour === neighbour)
      return `${neighbour} ${state}${since}${detection ? `, BFD ${bfdWords(detection)}` : ''}`
    }),
  ]
}

function bfdWords({ state, uptimeMs, diagnostic }: HostReport['bfd'][number]): string {
  return state === 'up' ? `up for ${duration(uptimeMs)}` : `${state} (${diagnostic})`
}

function network({ vni, device, macs, remoteVtepCount }: HostReport['vnis'][number]): string {
  return `VNI ${vni} on ${device}: ${macs} MACs, ${remoteVtepCount} other hosts with some`
}

function underlay({ underlay: { promisedMtu, peers }, at }: HostReport): string[] {
  if (promisedMtu === null) return []
  return [
    `${promisedMtu} bytes promised`,
    ...peers.map(({ peer, mtu, at: then }) => {
      const found = mtu === null ? 'no ping is answered' : `${mtu} bytes pass`
      return `${peer}: ${found} (${duration(at - then)} ago)`
    }),
  ]
}

function elastic({ external, port, armed, traffic }: ElasticHealth): string {
  if (!armed) return `${external} waits for ${port}`
  const carried =
    traffic === null
      ? 'traffic unknown'
      : `sent ${amount(traffic.sentBytes, traffic.sentPackets)}, received ${amount(traffic.receivedBytes, traffic.receivedPackets)}`
  return `${external} on ${port}: ${carried}`
}

function nic(counters: HostReport['nics'][number]): string {
  const { name, carrier, carrierChanges, rxBytes, txBytes } = counters
  const { rxErrors, txErrors, rxDrops, txDrops } = counters
  return [
    `${name} ${carrier ? 'has a link' : 'HAS NO LINK'} (changed ${carrierChanges} times)`,
    `in ${bytes(rxBytes)}, ${rxErrors} errors, ${rxDrops} dropped`,
    `out ${bytes(txBytes)}, ${txErrors} errors, ${txDrops} dropped`,
  ].join('; ')
}

function connections({ of, used, limit }: HostReport['connections'][number]): string {
  return `${used} of ${limit} connections in the table of ${of}`
}

function host({ report: { load, clockSynchronised }, inventory }: Status): string[] {
  const clock = clockSynchronised === null ? 'not known to be' : clockSynchronised ? 'is' : 'is NOT'
  return [
    `CPU ${percent(load.cpu)}, memory ${bytes(load.memoryUsedBytes)} of ${bytes(load.memoryTotalBytes)}, disk ${bytes(load.diskUsedBytes)} of ${bytes(load.diskTotalBytes)}`,
    `${inventory.cores} cores, ${inventory.cpu}, ${inventory.system}`,
    `the clock ${clock} synchronised`,
  ]
}

function ownUse({ agent: { cpu, memoryBytes, roundMs } }: HostReport): string {
  const round = roundMs === null ? 'no round yet' : `last round ${roundMs} ms`
  return `${bytes(memoryBytes)}, ${percent(cpu)} of a core, ${round}`
}

function versions({ versions: { agent, frr, kernel, nft, iproute2 } }: HostReport): string {
  return `agent ${agent}, FRR ${frr}, kernel ${kernel}, nft ${nft}, iproute2 ${iproute2}`
}

function amount(size: number, packets: number): string {
  return `${bytes(size)} in ${packets} packets`
}
