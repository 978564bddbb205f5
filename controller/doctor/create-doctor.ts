import { coalesced } from '../../lib/clock/index.ts'
import { examine } from './examine.ts'
import { type Finding, ok } from './finding.ts'
import { judgeProvisions } from './judge-provision.ts'
import type { DoctorParts } from './parts.ts'
import { providerLooks } from './provider-looks.ts'
import { provisionLooks } from './provision-looks.ts'
import { siteLooks } from './site-looks.ts'

export interface Examination {
  /** The controller's. */
  readonly version: string
  readonly findings: readonly Finding[]
}

/** The controller's half of `edgectl doctor`. Who asks during an examination shares the next. */
export function createDoctor(parts: DoctorParts): () => Promise<Examination> {
  return coalesced(async () => {
    const findings = await Promise.all([
      examine(siteLooks(parts), parts.clock),
      examineProviders(parts),
      examineProvisions(parts),
    ])
    return { version: parts.version, findings: findings.flat() }
  })
}

const nobodyPays = 'There are no providers yet: edgectl provider create scaleway makes one'

async function examineProviders({ providers, clock }: DoctorParts): Promise<Finding[]> {
  let found: Awaited<ReturnType<typeof providers>> = []
  const verdict = async () => {
    found = await providers()
    return ok(nobodyPays)
  }
  const listed = await examine([{ check: 'key', verdict }], clock)
  if (found.length === 0) return listed
  const looks = found.flatMap((provider) => providerLooks(provider, clock))
  return await examine(looks, clock)
}

async function examineProvisions(parts: DoctorParts): Promise<Finding[]> {
  let found: Awaited<ReturnType<typeof parts.provisions>> = []
  const verdict = async () => {
    found = await parts.provisions()
    return judgeProvisions(found)
  }
  const listed = await examine([{ check: 'provisions', verdict }], parts.clock)
  const looks = found.flatMap((provision) => provisionLooks(provision, parts))
  return [...listed, ...(await examine(looks, parts.clock))]
}
