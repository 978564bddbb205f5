import { randomBytes } from 'node:crypto'
import { carries, ensure, wantedTags } from '../../lib/scaleway/index.ts'
import { addressFrom, addressTags, type CloudAddress, handedOutMs, pairOf } from './address-tags.ts'
import { type Custody, reuseAfterMs } from './custody.ts'
import { addressFault } from './faults.ts'
import type {
  FlexibleAddress,
  FlexibleIpPorts,
  KnownRange,
  ProvisionCloud,
  RegisterRequest,
} from './flexible-ips.ts'
import { allAddresses, provisionAddresses } from './listing.ts'
import type { PairPool } from './pair-pool.ts'

export type Registered = FlexibleAddress & { readonly edgeKey: string }

/** oned's clients give up at 30 s and the driver at 20; calls to the cloud must end before. */
const patienceMs = 15_000
const settleMs = 6_000
/**
 * Makes registers: the address with the asked key, or any unused one, or a new one. Two callers with
 * one key share one look-up; nothing waits for a call of somebody else's.
 */
export function createRegister(ports: FlexibleIpPorts, pool: PairPool, custody: Custody) {
  const underWay = new Map<string, Promise<Registered>>()
  /** Ids that just got a new key: listings from before still show the old one. */
  const rekeyed = new Map<string, { readonly key: string; readonly until: number }>()

  return async ({ provisionId, edgeKey }: RegisterRequest): Promise<Registered> => {
    const known = await ports.provision(provisionId)
    const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs }) }
    const uuid = cloud.identity.provision
    if (cloud.ending) {
      throw addressFault('EDGE_IP_ENDING', `Provision ${provisionId} is being undeployed`)
    }
    if (edgeKey === undefined) return withKey(uuid, (await reused(cloud)) ?? (await fresh(cloud)))
    const key = keyOf(edgeKey, uuid)
    const same = underWay.get(edgeKey)
    if (same) return await same
    const work = keyed(cloud, key, edgeKey).then((address) => withKey(uuid, address))
    underWay.set(edgeKey, work)
    return await work.finally(() => underWay.delete(edgeKey))
  }

  async function fresh(cloud: ProvisionCloud): Promise<FlexibleAddress> {
    const key = `range-${randomBytes(6).toString('hex')}`
    const fip = await ensured(cloud, key)
    return addressFrom(fip) ?? (await repaired(cloud, fip, key))
  }

  /**
   * A controller that died while oned added the range leaves a register behind, and its successor asks
   * for the range once more. oned adds to one network at a time and shows a range only after its
   * register was answered, so the second sees the first.
   */
  async function keyed(
    cloud: ProvisionCloud,
    key: string,
    edgeKey: string,
  ): Promise<FlexibleAddress> {
    const { ranges } = await ports.ranges()
    if (ranges.some((range) => range.edgeKey === edgeKey)) throw taken(edgeKey)
    const fip = await ensured(cloud, key)
    if (ranges.some((range) => isOf(range, fip))) throw taken(edgeKey)
    const address = addressFrom(fip)
    // Its project could not be listed when somebody else got the pair.
    const lost = address === undefined || ranges.some(({ ip }) => ip === address.ip)
    return lost ? await repaired(cloud, fip, key) : address
  }

  async function ensured(cloud: ProvisionCloud, key: string): Promise<CloudAddress> {
    const { identity, scaleway } = cloud
    const wanted = wantedTags(identity, 'flexible-ip', key)
    return await ensure<CloudAddress>({
      what: `flexible IP ${key} of provision ${identity.provisionId}`,
      clock: ports.clock,
      settleMs,
      find: async () => {
        const found = (await provisionAddresses(cloud)).filter(
          ({ id, tags }) => carries(tags, wanted) && mayHave(id, key),
        )
        for (const { id } of found) custody.handOut(id)
        return found
      },
      create: async () => {
        const pair = await freePair()
        ports.logger.info('ordering a flexible IP', { provision: identity.provisionId, key, pair })
        return await scaleway.flexibleIp.createFlexibleIP({
          description: `provision_${identity.provisionId}_${key}`,
          tags: addressTags(identity, key, pair, ports.clock.now()),
          isIpv6: false,
        })
      },
    })
  }

  /** Only for a while: a released address comes back from Scaleway's pool under its old id. */
  function mayHave(id: string, key: string): boolean {
    const recent = rekeyed.get(id)
    return recent === undefined || recent.key === key || recent.until < ports.clock.now()
  }

  /** Somebody edited the tags: the pair is what a range says of this address, else a new one. */
  async function repaired(
    { identity, scaleway }: ProvisionCloud,
    fip: CloudAddress,
    key: string,
  ): Promise<FlexibleAddress> {
    const { ranges } = await ports.ranges()
    const range = ranges.find((one) => one.external === fip.ipAddress && one.ip !== undefined)
    const pair = pairOf([`private=${range?.ip ?? ''}/31`]) ?? (await freePair())
    const tags = addressTags(identity, key, pair, ports.clock.now())
    const address = addressFrom(await scaleway.flexibleIp.updateFlexibleIP({ fipId: fip.id, tags }))
    if (address) return address
    throw addressFault('EDGE_IP_STATE', `The tags of ${fip.ipAddress} cannot be put right`)
  }

  async function freePair(): Promise<string> {
    const [addresses, { ranges }] = await Promise.all([allAddresses(ports), ports.ranges()])
    const pairs = addresses.flatMap(({ tags }) => pairOf(tags) ?? [])
    return pool.take({ pairs, ranges })
  }

  /** An address of the provision that nothing uses and nobody may just be registering. */
  async function reused(cloud: ProvisionCloud): Promise<FlexibleAddress | undefined> {
    const { identity, scaleway } = cloud
    const addresses = await provisionAddresses(cloud)
    const { ranges, creating } = await ports.ranges()
    if (creating.has(identity.provisionId)) return undefined
    const now = ports.clock.now()
    const chosen = addresses.find(
      (fip) =>
        fip.status === 'ready' &&
        pairOf(fip.tags) !== undefined &&
        handedOutMs(fip.tags) + reuseAfterMs < now &&
        custody.isSpare(fip.id) &&
        !ranges.some((range) => speaksOf(range, fip)),
    )
    const pair = chosen && pairOf(chosen.tags)
    if (!chosen || pair === undefined) return undefined
    custody.handOut(chosen.id)
    // Under a new key, so that a register with the old one never gets an address in use.
    const key = `range-${randomBytes(6).toString('hex')}`
    rekeyed.set(chosen.id, { key, until: now + 2 * patienceMs })
    const tags = addressTags(identity, key, pair, now)
    ports.logger.info('reusing a flexible IP', { provision: identity.provisionId, id: chosen.id })
    return addressFrom(await scaleway.flexibleIp.updateFlexibleIP({ fipId: chosen.id, tags }))
  }
}

function speaksOf(
  range: KnownRange,
  fip: Pick<CloudAddress, 'id' | 'ipAddress' | 'tags'>,
): boolean {
  const pair = pairOf(fip.tags)?.split('/')[0]
  return isOf(range, fip) || (range.ip !== undefined && range.ip === pair)
}

function isOf(range: KnownRange, fip: Pick<CloudAddress, 'id' | 'ipAddress'>): boolean {
  return range.flexibleIpId === fip.id || range.external === fip.ipAddress
}

function taken(edgeKey: string): Error {
  return addressFault('EDGE_IP_KEY_TAKEN', `A range of OpenNebula has EDGE_KEY ${edgeKey} already`)
}

function keyOf(edgeKey: string, uuid: string): string {
  const key = edgeKey.startsWith(`${uuid}/`) ? edgeKey.slice(uuid.length + 1) : ''
  if (/^[a-z0-9][a-z0-9-]{0,60}$/.test(key)) return key
  throw addressFault('EDGE_IP_KEY', `EDGE_KEY ${edgeKey.slice(0, 80)} is not of provision ${uuid}`)
}

function withKey(uuid: string, address: FlexibleAddress): Registered {
  return { ...address, edgeKey: `${uuid}/${address.key}` }
}
