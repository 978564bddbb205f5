import type { Events, ProvisionEvent } from '../provision/index.ts'
import type { ProvisionLogs } from './provision-log.ts'

/** Writes what happens to provisions into their logs, as OneForm tells it; answers how to stop. */
export function recordEvents(events: Pick<Events, 'subscribe'>, logs: ProvisionLogs): () => void {
  return events.subscribe((event) => {
    const { provision } = event
    if (event.kind === 'log') logs.append(provision, event.level, event.text)
    if (event.kind !== 'step') return
    if (event.status === 'failed') logs.append(provision, 'error', stepText(event))
    if (event.status === 'done') logs.append(provision, 'debug', stepText(event))
  })
}

function stepText({ name, status, detail, elapsedMs }: ProvisionEvent & { kind: 'step' }): string {
  const took = elapsedMs === undefined ? '' : ` after ${Math.round(elapsedMs / 100) / 10} s`
  return `${name}: ${status}${took}${detail ? `: ${detail}` : ''}`
}
