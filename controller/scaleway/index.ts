export { type Access, accessOf, checkAccess, type Lack } from './check-access.ts'
export { type Cost, costOf } from './cost.ts'
export { hardwareFaults } from './faults.ts'
export { type GatewayPrices, gatewayPrices } from './gateway-prices.ts'
export { gatewayTypes } from './gateway-types.ts'
export { createHardware, type Hardware, type HardwareTools } from './hardware.ts'
export type { CloudObject } from './inventory.ts'
export type { PrivateNetwork } from './network.ts'
export { type Billing, listOffers, type Offer } from './offers.ts'
export type { ServerOrder } from './order-server.ts'
export type { OwnedObject } from './ownership.ts'
export { standardDiskGb } from './partitioning.ts'
export { type Also, type HardwarePlan, planHardware } from './plan.ts'
export type { PlanRequest } from './plan-request.ts'
export type { PlannedPart } from './planned-parts.ts'
export { createPriceBook, type PriceBook } from './price-book.ts'
export {
  hoursPerMonth,
  type Price,
  type Priced,
  type PricedOffer,
  priceOf,
  sumOf,
  type Total,
  times,
} from './prices.ts'
export type { PrivateNic } from './private-nic.ts'
export type { Problems } from './problems.ts'
export { type QuotaUse, quotasInUse } from './quotas-in-use.ts'
export type { ServerModel } from './server-model.ts'
export type { Server } from './servers.ts'
export type { Watch } from './site.ts'
export type { NamedKey } from './ssh-key.ts'
export { findStockObjects, type StockObjects, type StockQuery } from './stock-objects.ts'
export {
  type CloudSurvey,
  surveyCloud,
  type Unread,
  whyUnread,
} from './survey.ts'
export type { Claim } from './take-over.ts'
export { createTurns, type Turns } from './turns.ts'
