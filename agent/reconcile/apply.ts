import { atOnce, type Exec, namespacesAtOnce, split } from '../exec/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { type CarrierName, carriers } from './carriers.ts'
import { inside } from './inside.ts'
import { isMark, writeMarks } from './write-marks.ts'

export interface Applied {
  /** One sentence per step that did not succeed. */
  readonly faults: readonly string[]
  /** Namespaces that are not as they should be: they are not marked as applied. */
  readonly unfinished: ReadonlySet<string>
}

/**
 * Carries out steps in their order, neighbours of one kind together: one process per batch. Batches
 * of different namespaces that follow each other run a few at once; what comes after waits for all.
 * A step that fails is reported by its sentence; the others go on, because one network's trouble must
 * not become another's. Where `devices`, `/sys/class/net`, shows the host's own, marks take no process.
 */
export async function apply(
  exec: Exec,
  steps: readonly NetworkStep[],
  devices?: string,
): Promise<Applied> {
  const faults: string[] = []
  const unfinished = new Set<string>()
  // Whose address it was is not told; the marks of all say that it was not announced.
  let isUnheard = false
  const isFinished = (namespace: string) => !isUnheard && !unfinished.has(namespace)
  const carry = async ({ carrier, at, steps: all }: Carried): Promise<string[]> => {
    const runnable = all.filter((step) => step.kind !== 'mark' || isFinished(step.namespace))
    if (runnable.length === 0) return []
    const isWritten =
      devices !== undefined &&
      runnable.every(isMark) &&
      (await writeMarks(devices, runnable).then(yes, no))
    if (isWritten) return []
    const failures = await carriers[carrier](exec, runnable)
    if (failures.length > 0 && at !== null) unfinished.add(at)
    if (failures.length > 0 && carrier === 'announce') isUnheard = true
    return failures
  }
  const enter = async (shares: readonly Batch[]): Promise<string[]> => {
    const failures = await inside(exec, shares)
    for (const { at } of failures) if (at !== null) unfinished.add(at)
    return failures.map(({ sentence }) => sentence)
  }
  for (const wave of waves(batches(steps))) {
    const within = split(
      wave.filter((batch) => !isCarried(batch)),
      namespacesAtOnce,
    )
    const others = wave.filter(isCarried)
    const work = [
      ...within.map((shares) => () => enter(shares)),
      ...others.map((each) => () => carry(each)),
    ]
    // In the order of the work, so that a trouble that lasts reads the same each time.
    faults.push(...(await atOnce(namespacesAtOnce, work, (run) => run())).flat())
  }
  return { faults, unfinished }
}

interface Batch {
  readonly carrier: CarrierName | 'inside'
  readonly at: string | null
  readonly steps: NetworkStep[]
}

type Carried = Batch & { readonly carrier: CarrierName }
const isCarried = (batch: Batch): batch is Carried => batch.carrier !== 'inside'

const yes = () => true
const no = () => false

function batches(steps: readonly NetworkStep[]): Batch[] {
  const result: Batch[] = []
  for (const step of steps) {
    const at = 'at' in step ? step.at : null
    const carrier = at === null ? carrierOf(step) : 'inside'
    const last = result.at(-1)
    if (last?.carrier === carrier && last.at === at) last.steps.push(step)
    else result.push({ carrier, at, steps: [step] })
  }
  return result
}

/** Batches that may run at the same time: those inside of namespaces, each of another one. */
function waves(all: readonly Batch[]): Batch[][] {
  const result: Batch[][] = []
  let inside = new Set<string>()
  for (const batch of all) {
    const joins = batch.at !== null && inside.size > 0 && !inside.has(batch.at)
    if (!joins) inside = new Set()
    if (batch.at !== null) inside.add(batch.at)
    if (joins) result.at(-1)?.push(batch)
    else result.push([batch])
  }
  return result
}

function carrierOf({ kind }: NetworkStep): CarrierName {
  switch (kind) {
    case 'module':
    case 'announce':
      return kind
    case 'sysctl-set':
      return 'sysctl'
    case 'table-set':
    case 'table-change':
    case 'table-delete':
      return 'nft'
    case 'fdb-set':
    case 'fdb-delete':
    case 'fdb-forget':
      return 'bridge'
    case 'forward-add':
    case 'forward-delete':
      return 'iptables'
    // Entering and leaving namespaces in the middle of a batch is not trusted to other lines.
    case 'namespace-add':
    case 'namespace-delete':
      return 'netns'
    default:
      return 'ip'
  }
}
