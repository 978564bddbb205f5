import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { AddressWorks } from './address-works.ts'
import type { Claim } from './claims.ts'
import type { Fleet } from './fleet.ts'

export interface LookAheadOptions {
  readonly fleet: Pick<Fleet, 'claims' | 'onLook'>
  readonly works: AddressWorks
  /** Whether this controller may still act. */
  readonly holds: () => Promise<boolean>
  readonly logger: Logger
}

/**
 * Begins to attach as soon as oned shows a VM on its way to a host, while disks are copied, so that the
 * driver's `post` finds it done or joins it; and calls off what a VM that turned back no longer wants.
 * Answers how to stop it.
 */
export function lookAhead({ fleet, works, holds, logger }: LookAheadOptions): () => void {
  const begun = new Set<string>()

  async function begin(claim: Claim): Promise<void> {
    const { provisionId, external, ip, server, vm } = claim
    try {
      if (!(await holds())) return
      await works.place({ provisionId, external, ip, server }).placing.attached
      logger.debug('an address is there before its VM', { vm, external, server })
    } catch (error) {
      if (error instanceof Fault && error.code === 'EDGE_ELASTIC_CALLED_OFF') return
      // The driver's own request comes, and tells the user.
      logger.info('an address cannot be attached yet', { vm, external, cause: sentenceOf(error) })
    }
  }

  return fleet.onLook(() => {
    const claims = fleet.claims()
    works.retain(({ external, server }) =>
      claims.some((claim) => claim.external === external && claim.server === server),
    )
    const starting = new Map(
      claims.filter(({ phase }) => phase === 'starting').map((claim) => [keyOf(claim), claim]),
    )
    for (const key of begun) if (!starting.has(key)) begun.delete(key)
    for (const [key, claim] of starting) {
      if (begun.has(key)) continue
      begun.add(key)
      void begin(claim)
    }
  })
}

function keyOf({ vm, nicId, external, server }: Claim): string {
  return [vm, nicId, external, server].join(' ')
}
