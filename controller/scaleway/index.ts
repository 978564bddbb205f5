export { type Cost, costOf } from './cost.ts'
export { hardwareFaults } from './faults.ts'
export { createHardware, type Hardware, type HardwareTools } from './hardware.ts'
export type { CloudObject } from './inventory.ts'
export type { PrivateNetwork } from './network.ts'
export { type Billing, listOffers, type Offer } from './offers.ts'
export type { ServerOrder } from './order-server.ts'
export { checkAccess, type HardwarePlan, type PlanRequest, planHardware } from './plan.ts'
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
export type { Server } from './servers.ts'
export type { Watch } from './site.ts'
export {
  type CloudSurvey,
  type OwnedObject,
  surveyCloud,
  type Unread,
  whyUnread,
} from './survey.ts'
export { createTurns, type Turns } from './turns.ts'
