import type { ReverseRequest } from '../../ipam/flexible-ip/index.ts'
import type { Adoption } from '../adopt/index.ts'
import type { Examination } from '../doctor/index.ts'
import type { DriverStates, InputSpec, ProviderConnection } from '../documents/index.ts'
import type { AddressReport, FleetHealth } from '../fleet/index.ts'
import type { Leaks } from '../leaks/index.ts'
import type { OpenNebula, User } from '../opennebula/index.ts'
import type { Changes, Ending, ProvisionPlan, Unmanaged } from '../provision/index.ts'
import type { Cost } from '../scaleway/index.ts'

/** The work behind the routes. Each resolves once the work is accepted, not when it is done. */
export interface LifecyclePort {
  create(id: number): Promise<void>
  undeploy(id: number, options: { readonly force: boolean }): Promise<void>
  /** Giving up, what of a change has not come is taken back instead; forced, nothing is in the way of a removal. */
  retry(id: number, options: { readonly giveUp: boolean; readonly force: boolean }): Promise<void>
  /** What others keep on it. */
  unmanaged(id: number): Promise<Unmanaged>
  readonly change: Omit<Changes, 'giveUp'>
  /** Resolves when the work that is under way now has ended, with how; undefined when it was stopped. */
  idle(id: number): Promise<Ending | undefined>
}

/** The elastic addresses of provisions. */
export interface AddressesPort {
  /** What the last look found; from memory. */
  report(provisionId: number): AddressReport
  setReverse(request: ReverseRequest): Promise<string>
}

/** How the hosts of a provision are; from memory. */
export type FleetPort = (provisionId: number) => FleetHealth

/** What nothing knows of. */
export type LeaksPort = Pick<Leaks, 'look' | 'release' | 'releases'>

/** What a provision has at the cloud now, and what that costs. */
export type CostPort = (provisionId: number) => Promise<Cost>

/** Taking over what the stock server made. */
export type AdoptionPort = Adoption

/** How the controller finds its own set-up; changes nothing. */
export type DoctorPort = () => Promise<Examination>

/** Who asks, proved by oned. */
export type OneLogin = {
  as(session: string): Pick<OpenNebula, 'documents' | 'user'>
}

/**
 * The controller's own login, which oned accepted at its start. OpenNebula's drivers show the same one
 * while oned waits for them, so they are known also when oned says nothing.
 */
export interface OwnLogin {
  /** `user:password`. */
  readonly session: string
  readonly user: User
}

/** What an administrator decided about drivers, and whether one is whole. */
export interface DriverPort extends DriverStates {
  /** Throws what of its files OpenNebula would not find. */
  verify(): Promise<void>
}

/** The driver as `GET /drivers` shows it, in OneForm's shape. */
export interface DriverDescription {
  readonly name: string
  readonly description: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly registry: string
  readonly version: string
  /** Where OpenNebula finds the driver's files; the elastic plug-in is loaded from under it. */
  readonly system_path: string
  readonly fireedge: Readonly<Record<string, unknown>>
  readonly connection: readonly InputSpec[]
  readonly user_inputs: readonly InputSpec[]
  readonly deployment_confs: readonly DeploymentConf[]
}

export interface DeploymentConf {
  readonly name: string
  readonly description: string
  readonly inventory: string
  readonly user_inputs: readonly InputSpec[]
  readonly template_path: string
  readonly one_objects: Readonly<Record<string, unknown>>
}

/** Asks the cloud whether a connection works; throws a Fault with one clear sentence. */
export type CheckConnection = (connection: ProviderConnection) => Promise<void>

/** What a provision would be, and cost. */
export type PlannedProvision = Pick<ProvisionPlan, 'zone' | 'parts' | 'total' | 'warnings'>

/**
 * Asks whether a provision with these inputs, as `ParseInputs` answers them, can be made now; throws
 * a Fault that names all that is in the way, by input where one can be changed. Creates nothing.
 */
export type Preflight = (
  connection: ProviderConnection,
  values: Readonly<Record<string, unknown>>,
) => Promise<PlannedProvision>

/**
 * The inputs of a provision, validated and with defaults filled in. Throws a Fault of kind `invalid`
 * whose `context` names the fields.
 */
export type ParseInputs = (
  values: Readonly<Record<string, unknown>>,
) => Promise<Record<string, unknown>>
