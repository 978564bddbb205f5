import type { PeerPath } from '../../lib/contract/index.ts'
import type { Findings } from './findings.ts'

/** One silent host may be dead; when all of several are, it is this one that is cut off. */
const fewestForCutOff = 2
/** So many addresses are named in one sentence. */
const named = 3

/** When no other host answers over the underlay. */
export function unreachable({ paths, underlay }: Findings): string[] {
  if (underlay !== 'up' || !isCutOff(paths)) return []
  return [
    `None of the ${paths.length} other hosts answers a ping over the private network; look whether this server is attached to it, and at its VLAN`,
  ]
}

/** Single hosts that do not answer, or only to packets smaller than promised. */
export function elsewhere({ spec, paths, unmeasured, underlay }: Findings): string[] {
  if (spec === null) return []
  const promised = spec.underlay.mtu
  const silent = paths.filter(({ mtu }) => mtu === null)
  const small = Map.groupBy(
    paths.filter(({ mtu }) => mtu !== null && mtu < promised),
    ({ mtu }) => mtu,
  )
  return [
    ...(silent.length === 0 || isCutOff(paths) || underlay !== 'up'
      ? []
      : [
          `${peers(silent)} cannot be reached over the private network (no ping is answered); look whether it runs and is attached to its Private Network`,
        ]),
    ...[...small].map(
      ([mtu, some]) =>
        `Packets to ${peers(some)} pass up to ${mtu} bytes only, not the ${promised} promised for the private network; raise the MTU on the way, or VMs lose large packets`,
    ),
    ...(unmeasured === null ? [] : [unmeasured]),
  ]
}

function isCutOff(paths: readonly PeerPath[]): boolean {
  return paths.length >= fewestForCutOff && paths.every(({ mtu }) => mtu === null)
}

function peers(paths: readonly PeerPath[]): string {
  const names = paths.slice(0, named).map(({ peer }) => peer)
  const more = paths.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
