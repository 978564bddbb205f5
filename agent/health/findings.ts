import type {
  ConnectionTable,
  HostReport,
  HostSpec,
  NicHealth,
  PeerPath,
} from '../../lib/contract/index.ts'
import type { FrrFacts } from '../frr/index.ts'

/** What a verdict is made of. */
export interface Findings {
  readonly spec: HostSpec | null
  readonly frr: FrrFacts
  /** "unknown" while zebra does not say. */
  readonly frrVersion: string
  /** How the private network's device is. */
  readonly underlay: 'up' | 'down' | 'without carrier'
  readonly paths: readonly PeerPath[]
  /** Why the underlay could not be measured. */
  readonly unmeasured: string | null
  /** What the last round could not bring about. */
  readonly faults: readonly string[]
  readonly load: HostReport['load']
  readonly nics: readonly NicHealth[]
  readonly connections: readonly ConnectionTable[]
}

/** Says what is wrong, one sentence each: what, with which object, and what to do. */
export type Judge = (findings: Findings) => string[]
