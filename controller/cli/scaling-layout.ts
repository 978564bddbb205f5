import type { OneObjects, Scaling } from '../documents/index.ts'
import { block } from './columns.ts'
import { shownRanges } from './shown-ranges.ts'

/**
 * What of a change has not come or gone yet, a line for each kind there is. Hosts and addresses that are
 * to come have keys only; the addresses of ranges are read from `objects`.
 */
export function scalingLayout(scaling: Scaling, objects: OneObjects): string {
  const { hosts_up, hosts_down, hosts_kept, ips_up, ips_given_up, ranges_down, guests } = scaling
  const shown = shownRanges(objects)
  const leaving = ranges_down.map(
    ({ id }) => shown.find(({ ar_id }) => ar_id === id)?.ip ?? `range ${id}`,
  )
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['HOSTS TO COME', hosts_up],
    ['HOSTS TO GO', hosts_down],
    ['VIRTUAL MACHINES', hosts_down.length > 0 ? [guestsWords[guests]] : []],
    ['HOSTS THAT STAY', hosts_kept],
    ['ADDRESSES TO COME', ips_up],
    ['ADDRESSES TO GO', leaving],
    ['ADDRESSES GIVEN UP', ips_given_up],
  ]
  const present = kinds.filter(([, what]) => what.length > 0)
  return block(
    'CHANGE UNDER WAY',
    present.map(([kind, what]) => [kind, what.join(', ')]),
  )
}

const guestsWords: Readonly<Record<Scaling['guests'], string>> = {
  refuse: 'are in the way',
  migrate: 'move to hosts that stay',
  terminate: 'are terminated',
}
