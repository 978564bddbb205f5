import { type Cloud, createCloud } from './cloud.ts'

/** A cloud that ends with its test. */
export async function cloudFor(t: { teardown(work: () => Promise<void>): void }): Promise<Cloud> {
  const cloud = await createCloud()
  t.teardown(() => cloud.close())
  return cloud
}

export const keyOf = (cloud: Cloud, provisionId: number, key: string) =>
  `${cloud.identity(provisionId).provision}/${key}`
/** Flexible IPs with our tags. */
export const ours = (cloud: Cloud) =>
  [...cloud.sim.state.flexibleIps.values()].filter(({ tags }) =>
    tags.includes('managed-by=edgectl'),
  )
