import type { Findings } from './findings.ts'

const diskShare = 0.95
const memoryShare = 0.95
/** A scan fills the rest within seconds. */
const connectionShare = 0.9
/** One a second is no accident. */
const errorsPerMinute = 60

export function fullDisk({ load: { diskUsedBytes, diskTotalBytes } }: Findings): string[] {
  if (diskTotalBytes === 0 || diskUsedBytes / diskTotalBytes < diskShare) return []
  return [`The disk is ${percent(diskUsedBytes, diskTotalBytes)} full; make room on /`]
}

export function fullMemory({ load: { memoryUsedBytes, memoryTotalBytes } }: Findings): string[] {
  if (memoryTotalBytes === 0 || memoryUsedBytes / memoryTotalBytes < memoryShare) return []
  return [
    `${percent(memoryUsedBytes, memoryTotalBytes)} of the memory are in use; move or stop VMs before the kernel kills some`,
  ]
}

export function fullConnections({ connections }: Findings): string[] {
  return connections
    .filter(({ used, limit }) => limit > 0 && used / limit >= connectionShare)
    .map(
      ({ of, used, limit }) =>
        `The connection table of ${of} holds ${used} of ${limit} entries, and once full the kernel drops new connections; raise net.netfilter.nf_conntrack_max, or see in \`conntrack -L\` who opens them`,
    )
}

export function sickNics({ nics }: Findings): string[] {
  return nics
    .filter(({ errorsLastMinute }) => errorsLastMinute >= errorsPerMinute)
    .map(
      ({ name, errorsLastMinute }) =>
        `${name} counted ${errorsLastMinute} receive or transmit errors within a minute; look at its cable and switch port`,
    )
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`
}
