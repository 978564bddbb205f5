import type { FleetAnswer } from './answers.ts'
import { list, time } from './columns.ts'

/** A line for each host, then what is not well, in full. */
export function fleetLayout({ hosts, refusals }: FleetAnswer): string {
  if (hosts.length === 0) return 'No host is known yet'
  const rows = hosts.map((host) => [
    ...[String(host.host_id), host.key, host.address],
    host.connected ? 'connected' : 'absent',
    host.verdict ?? '-',
    host.settled ? 'yes' : 'no',
    host.last_seen === null ? 'never' : time(host.last_seen),
    host.versions?.agent ?? '-',
  ])
  const head = ['ID', 'KEY', 'ADDRESS', 'AGENT', 'VERDICT', 'UP TO DATE', 'LAST SEEN', 'VERSION']
  const notes = hosts.flatMap(({ key, reasons, faults }) =>
    [...reasons, ...faults].map((text) => `${key}: ${text}`),
  )
  const refused = refusals.map((text) => `Refused: ${text}`)
  return [list(head, rows), ...notes, ...refused].join('\n')
}
