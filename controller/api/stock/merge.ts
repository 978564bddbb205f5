/**
 * Joins an answer of the stock server to ours; undefined when theirs is of another shape. `driver` is the
 * one that both may have, which is served here.
 */
export type Merge = (ours: unknown, theirs: unknown, driver: string) => unknown

/** Ours first; of a driver that both have, ours. */
export const mergeDrivers: Merge = (ours, theirs, served) => {
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return undefined
  const others = theirs.filter((one) => driverName(one) !== served)
  return [...ours, ...others]
}

/**
 * By id, the newest first. The stock server lists ours too, since all are documents of one OpenNebula:
 * those are dropped, also where we leave them out on purpose.
 */
export const mergeDocuments: Merge = (ours, theirs) => {
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return undefined
  const known = new Set(ours.map(idOf))
  const foreign = theirs.filter((one) => !known.has(idOf(one)) && engineOf(one) !== 'edgectl')
  return [...ours, ...foreign].toSorted((a, b) => Number(idOf(b)) - Number(idOf(a)))
}

/** What became of each driver's synchronisation: of ours, here. */
export const mergeSync: Merge = (ours, theirs, served) => {
  const [here, there] = [ours as Sync, theirs as Sync | null]
  if (!Array.isArray(there?.success) || !Array.isArray(there.failed)) return undefined
  return {
    success: [...there.success.filter((name) => name !== served), ...here.success],
    failed: [
      ...there.failed.filter((one) => (one as { name?: unknown } | null)?.name !== served),
      ...here.failed,
    ],
  }
}

interface Sync {
  readonly success: readonly unknown[]
  readonly failed: readonly unknown[]
}

interface Listed {
  readonly name?: unknown
  readonly DOCUMENT?: {
    readonly ID?: unknown
    readonly TEMPLATE?: Readonly<Record<string, { readonly engine?: unknown } | undefined>>
  }
}

function driverName(driver: unknown): string {
  return String((driver as Listed | null)?.name).toLowerCase()
}

function idOf(one: unknown): string {
  return String((one as Listed | null)?.DOCUMENT?.ID)
}

function engineOf(one: unknown): unknown {
  const { PROVIDER_BODY, PROVISION_BODY } = (one as Listed | null)?.DOCUMENT?.TEMPLATE ?? {}
  return (PROVIDER_BODY ?? PROVISION_BODY)?.engine
}
