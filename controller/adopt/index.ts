export type { Described } from './adopted-body.ts'
export {
  type Adoption,
  type AdoptionPorts,
  type AdoptionRequest,
  createAdoption,
} from './adoption.ts'
export { adoptFaults } from './faults.ts'
export type { AdoptionPlan } from './plan.ts'
