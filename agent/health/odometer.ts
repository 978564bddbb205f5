import type { ElasticTraffic } from '../../lib/contract/index.ts'

/**
 * Totals that go on where the kernel's counters start anew: a table that is made again (an upgrade, a
 * flush by hand) counts from zero, and what it had counted up to the last reading is added. An address
 * that is not among the readings is forgotten, since it is armed no more.
 */
export function createOdometer(): (
  readings: ReadonlyMap<string, ElasticTraffic>,
) => Map<string, ElasticTraffic> {
  let books = new Map<string, { readonly before: ElasticTraffic; readonly last: ElasticTraffic }>()
  return (readings) => {
    books = new Map(
      [...readings].map(([address, last]) => {
        const book = books.get(address)
        if (book === undefined) return [address, { before: nothing, last }]
        const restarted = fields.some((field) => last[field] < book.last[field])
        return [address, { before: restarted ? sum(book.before, book.last) : book.before, last }]
      }),
    )
    return new Map([...books].map(([address, { before, last }]) => [address, sum(before, last)]))
  }
}

const fields = ['sentPackets', 'sentBytes', 'receivedPackets', 'receivedBytes'] as const
const nothing: ElasticTraffic = {
  ...{ sentPackets: 0, sentBytes: 0 },
  ...{ receivedPackets: 0, receivedBytes: 0 },
}

function sum(a: ElasticTraffic, b: ElasticTraffic): ElasticTraffic {
  return {
    sentPackets: a.sentPackets + b.sentPackets,
    sentBytes: a.sentBytes + b.sentBytes,
    receivedPackets: a.receivedPackets + b.receivedPackets,
    receivedBytes: a.receivedBytes + b.receivedBytes,
  }
}
