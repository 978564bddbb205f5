import type { FaultRequest } from '../../lab/scaleway/index.ts'

/** Something that goes wrong with what was ordered, where no request fails. */
export interface Misfortune {
  readonly name: string
  readonly orders: readonly FaultRequest[]
  /** What the failure must say; a misfortune without it must end in RUNNING by itself. */
  readonly says?: RegExp
  /** What puts it right before `retry`, beside that all faults are over. */
  readonly cure?: readonly FaultRequest[]
  /** What is billed more often than in a clean run, as it never came. */
  readonly more?: More
  readonly patience?: number
}

export interface More {
  readonly what: 'server' | 'gateway'
  readonly atMost: number
}

const offer = 'EM-A116X-SSD'
const stock = (level: string, afterN?: number): FaultRequest => ({
  action: { stock: { offer, level, ...(afterN === undefined ? {} : { afterN }) } },
})
const full = [stock('available')]

export const misfortunes: readonly Misfortune[] = [
  ...[1, 2, 3].map((k) => ({
    name: `out of stock at server ${k}`,
    orders: [k === 1 ? stock('empty') : stock('empty', k - 1)],
    says: /^EDGE_(OFFER_EMPTY|CLOUD_STOCK): /,
    cure: full,
  })),
  {
    name: 'out of stock after a promise',
    orders: [{ action: 'outOfStockLate' }],
    says: /^EDGE_OFFER_EMPTY: /,
    more: { what: 'server', atMost: 1 },
  },
  {
    name: 'quota',
    orders: [{ action: { quota: { name: 'EM_A116X_SSD', limit: 2 } } }],
    says: /^EDGE_(QUOTA_TOO_SMALL|CLOUD_QUOTA): /,
    cure: [{ action: { quota: { name: 'EM_A116X_SSD', limit: 10 } } }],
  },
  {
    name: 'delivery error',
    orders: [{ action: 'deliveryError' }],
    says: /^EDGE_SERVER_FAILED: /,
    more: { what: 'server', atMost: 1 },
  },
  { name: 'two creates at once', orders: [{ action: { create500: { offer } } }] },
  {
    name: 'install error',
    orders: [{ action: { installError: { serverMatch: 'host_1' } } }],
  },
  {
    name: 'install error that makes another server necessary',
    orders: [{ action: { installError: { serverMatch: 'host_1' } }, times: 2 }],
    more: { what: 'server', atMost: 1 },
  },
  {
    name: 'install error on one server after the other',
    orders: [{ action: { installError: { serverMatch: 'host_1' } }, times: 4 }],
    says: /^EDGE_INSTALL_FAILED: .*host-1/,
    more: { what: 'server', atMost: 2 },
  },
  {
    name: 'install stuck',
    orders: [{ action: { installStuck: { serverMatch: 'host_1', minutes: 160 } } }],
    says: /^EDGE_WAITED_TOO_LONG: .*host-1 .*to be installed/,
    // Of the longest wait of all, 90 minutes; what the cloud takes for it is less by the same factor.
    patience: 0.006,
  },
  { name: 'attach error', orders: [{ action: 'pnAttachError' }], says: /^EDGE_NIC_FAILED: / },
  {
    name: 'gateway failed',
    orders: [{ action: 'gatewayFailed' }],
    says: /^EDGE_GATEWAY_FAILED: /,
    more: { what: 'gateway', atMost: 1 },
  },
  {
    name: 'server vanished while it was installed',
    orders: [{ action: { serverVanished: { serverMatch: 'host_1', afterSeconds: 120 } } }],
    says: /^EDGE_SERVER_VANISHED: /,
    more: { what: 'server', atMost: 1 },
  },
]
