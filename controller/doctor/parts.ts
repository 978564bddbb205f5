import type { Clock } from '../../lib/clock/index.ts'
import type { ProviderConnection } from '../documents/index.ts'
import type { Access, QuotaUse } from '../scaleway/index.ts'
import type { ArchiveFacts } from './judge-agent-archive.ts'
import type { AgentFacts } from './judge-agents.ts'
import type { DirectoryFacts, PlugInFacts } from './judge-files.ts'
import type { OneUser } from './judge-oned.ts'
import type { RepositoryFacts } from './judge-packages.ts'
import type { ProvisionFacts } from './judge-provision.ts'
import type { OfferFacts } from './judge-supply.ts'

/** What the controller looks at; nothing of it changes anything, and each may throw or hang. */
export interface DoctorParts {
  /** The controller's. */
  readonly version: string
  readonly clock: Pick<Clock, 'now' | 'patience'>
  readonly oned: {
    readonly endpoint: string
    /** The file with its login. */
    readonly auth: string
    facts(): Promise<{ readonly version: string; readonly leads: boolean; readonly user: OneUser }>
  }
  stateDirectory(): Promise<DirectoryFacts>
  /** Where an SSH client is. */
  sshClient(): Promise<string | undefined>
  /** How many public keys hosts get, and from which file. */
  sshKeys(): Promise<{ readonly file: string; readonly count: number }>
  agentArchive(): Promise<ArchiveFacts>
  plugIn(): Promise<PlugInFacts>
  /** The stock server beside this one; null where none is configured. */
  readonly stock: StockLook | null
  packages(): Promise<RepositoryFacts>
  /** When it says it is there; throws when nothing answers. */
  scaleway(): Promise<{ readonly url: string; readonly nowMs: number | undefined }>
  providers(): Promise<readonly ProviderLook[]>
  provisions(): Promise<readonly ProvisionFacts[]>
  /** Hosts of a provision that the fleet knows; from memory. */
  agents(provision: number): readonly AgentFacts[]
}

export interface StockLook {
  readonly url: string
  /** The HTTP status of its welcome, or why there is none. */
  ask(): Promise<number | string>
}

export interface ProviderLook {
  readonly id: number
  /** Throws when its secrets cannot be opened. */
  open(): OpenProvider
}

export interface OpenProvider {
  readonly connection: Pick<ProviderConnection, 'access_key' | 'project_id' | 'zone'>
  access(): Promise<Access>
  offers(): Promise<readonly OfferFacts[]>
  /** Undefined for a key that may not read them. */
  quotas(): Promise<readonly QuotaUse[] | undefined>
}
