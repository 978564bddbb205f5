import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { outOfStock, untyped } from '../transport/errors.ts'
import { catalogueOptions, euros, optionHourly } from './catalogue.ts'
import type { Install, Offer, Server, ServerOption } from './model.ts'

export interface ServerOrder {
  readonly zone: string
  readonly project: string
  readonly offer: Offer
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly optionIds: readonly string[]
  readonly protected: boolean
  readonly userData: string | null
  readonly install: Install | null
}

/** Quota and stock, then the server as it is answered: no address yet, nothing delivered. */
export function placeOrder(sim: Sim, order: ServerOrder): Server {
  const { offer, zone } = order
  needQuota(sim, offer.quota_name, serversUnder(sim, offer.quota_name))
  if (sim.faults.take('create500', (settings) => suits(settings['offer'], offer)))
    throw untyped(500, 'internal error')
  const promisedOnly = !takeStock(sim, zone, offer)
  const now = sim.clock.stamp()
  const id = sim.chance.uuid()
  const server: Server = {
    id,
    organization_id: sim.config.organizationId,
    project_id: order.project,
    name: order.name,
    description: order.description,
    created_at: now,
    updated_at: now,
    status: order.install ? 'ordered' : 'delivering',
    offer_id: offer.id,
    offer_name: offer.name,
    tags: order.tags,
    ips: [],
    domain: '',
    boot_type: 'normal',
    zone,
    install: order.install,
    ping_status: 'ping_status_unknown',
    options: order.optionIds.map((option) => optionOf(option)),
    rescue_server: null,
    protected: order.protected,
    user_data: order.userData,
    hidden: { mac: macOf(id), events: [], promisedOnly, run: 0, installed: false },
  }
  sim.store.servers.set(id, server)
  sim.store.born.set(server, sim.clock.now())
  const hourly = hourlyOf(offer)
  const { name, project } = order
  sim.ledger.open({ id, kind: 'server', name, project, hourly })
  for (const option of order.optionIds) openOption(sim, server, option)
  return server
}

/** A month's price spread over its hours. */
function hourlyOf({ price_per_hour, price_per_month }: Offer): number {
  if (price_per_hour) return euros(price_per_hour)
  return price_per_month ? euros(price_per_month) / 730 : 0
}

/** An option as a server carries it; 400 for an unknown one at order time. */
export function optionOf(id: string): ServerOption {
  const known = catalogueOptions.find((option) => option.id === id)
  if (!known) throw untyped(400, `option ${id} is not available on this offer`)
  return { ...known, status: 'option_status_enabling', expires_at: null }
}

export function openOption(sim: Sim, server: Server, option: string): void {
  const hourly = optionHourly(option)
  if (hourly === 0) return
  const { name, project_id: project } = server
  sim.ledger.open({ id: `${server.id}/${option}`, kind: 'option', name, project, hourly })
}

function serversUnder(sim: Sim, quota: string): number {
  const same = (name: string) => name.replaceAll('-', '_') === quota
  return [...sim.store.servers.values()].filter(({ offer_name }) => same(offer_name)).length
}

/** False when the order is accepted although nothing is left. */
function takeStock(sim: Sim, zone: string, offer: Offer): boolean {
  const { stockMode } = sim.config.switches
  const stock = sim.store.stock.get(`${zone}/${offer.id}`)
  if (!stock) return true
  if (stock.level === 'empty') {
    if (stockMode === 'late') return false
    throw outOfStock(stockMode === '412' ? 412 : 503, offer.name)
  }
  if (stock.afterN !== null) {
    stock.afterN -= 1
    if (stock.afterN <= 0) Object.assign(stock, { level: stock.later, afterN: null })
  }
  return true
}

const suits = (wanted: unknown, offer: Offer) =>
  wanted === undefined || wanted === offer.id || wanted === offer.name

/** One NIC per machine; derived from the id, so that a lab is readable. */
function macOf(id: string): string {
  const digits = id.replaceAll('-', '').slice(0, 6).match(/../g) ?? []
  return `90:5a:08:${digits.join(':')}`
}
