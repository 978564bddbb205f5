import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Leak } from './leaks.ts'
import type { Looked } from './look.ts'
import type { Pools } from './look-opennebula.ts'
import type { Suspicion } from './view.ts'

export interface ReleaserParts {
  readonly cloud: string
  readonly one: Pools
  readonly flexibleIps: Pick<FlexibleIps, 'withhold'>
  /** Whether this controller may act; throws when oned does not say. */
  readonly holds: () => Promise<boolean>
  /** Ends the connection to a server's agent; of a provision that is gone nothing is followed any more. */
  readonly letGo: (server: string, goneProvision: number | undefined) => void
  /** Looks again at everything: whether it is there, and still a leak. */
  readonly recheck: (leak: Leak) => Promise<Recheck>
  readonly clock: Clock
  readonly logger: Logger
}

export interface Recheck {
  readonly looked: Looked
  /** Undefined when it is gone, or somebody knows it by now. */
  readonly leak: Suspicion | undefined
  readonly there: boolean
}
