import { tagValue } from '../../../lib/scaleway/index.ts'
import { simulatedProject } from '../../lab/scaleway/index.ts'
import { pairOf } from './tags.ts'
import type { World } from './world.ts'

const active = 3
const running = 3
const done = 6

/**
 * What is not as it must be in a world at rest, one sentence each: every address is where its VM is,
 * nothing is paid for that nobody can use, nothing is used twice, no rule of the cloud was broken.
 */
export function complaints(world: World): string[] {
  return [
    ...addressesWhereTheirVmsAre(world),
    ...rangesWithTheirAddresses(world),
    ...nothingTwice(world),
    ...nothingUnderWay(world),
    ...world.cloud
      .violations()
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, what }) => `the cloud noted ${rule}: ${what}`),
  ]
}

/** Flexible IPs with our tags, whoever pays. */
export function ours({ cloud }: World) {
  return [...cloud.state.flexibleIps.values()].filter(({ tags }) =>
    tags.includes('managed-by=edgectl'),
  )
}

/** How many flexible IPs were ordered so far; each is paid for at least an hour. */
export function ordered({ cloud }: World): number {
  return cloud.ledger.entries.filter(
    ({ kind, project }) => kind === 'flexible-ip' && project === simulatedProject,
  ).length
}

export function ranges({ one }: World) {
  return one.state.networks.newestFirst().flatMap((network) => network.ranges)
}

/** Ours that no range has: they may be reused, and until then cost for nothing. */
export function spare(world: World) {
  const held = new Set(ranges(world).map(({ attributes }) => attributes['EXTERNAL_IP']))
  return ours(world).filter(({ ip_address }) => !held.has(ip_address))
}

function addressesWhereTheirVmsAre(world: World): string[] {
  const { one, hosts } = world
  const wanted = new Map<string, { readonly vm: number; readonly address: string }>()
  const wrong: string[] = []
  for (const vm of one.state.vms.newestFirst().filter(({ state }) => state !== done)) {
    const address = vm.history.at(-1)?.hostname ?? ''
    if (vm.state !== active || vm.lcmState !== running) {
      wrong.push(`VM ${vm.id} is in state ${vm.state}/${vm.lcmState}`)
      continue
    }
    if (hosts.whereIs(vm.id) !== address)
      wrong.push(`the guest of VM ${vm.id} is not on ${address}`)
    for (const nic of vm.nics) {
      const external = nic['EXTERNAL_IP']
      if (external !== undefined) wanted.set(external, { vm: vm.id, address })
    }
  }
  for (const fip of ours(world)) {
    const place = wanted.get(fip.ip_address)
    const server = hosts.all().find(({ address }) => address === place?.address)?.server ?? null
    const status = place ? 'attached' : 'ready'
    if (fip.server_id !== server || fip.status !== status) {
      const where = place ? `on ${place.address} with VM ${place.vm}` : 'nowhere'
      wrong.push(`${fip.ip_address} is ${fip.status} on ${fip.server_id}, and should be ${where}`)
    }
    wanted.delete(fip.ip_address)
    for (const host of hosts.all()) {
      const armed = host.armed().some(({ external }) => external === fip.ip_address)
      if (armed !== (host.address === place?.address)) {
        wrong.push(`${fip.ip_address} is ${armed ? '' : 'not '}armed on ${host.address}`)
      }
    }
  }
  for (const [external, { vm }] of wanted) wrong.push(`VM ${vm} has ${external}, which is gone`)
  return wrong
}

function rangesWithTheirAddresses(world: World): string[] {
  const wrong: string[] = []
  for (const { id, attributes, leases } of ranges(world)) {
    if (attributes['IPAM_MAD'] !== 'scaleway') continue
    const fip = ours(world).find(({ ip_address }) => ip_address === attributes['EXTERNAL_IP'])
    if (!fip) wrong.push(`range ${id} has ${attributes['EXTERNAL_IP']}, which is gone`)
    else if (pairOf(fip.tags) !== `${attributes['IP']}/31`)
      wrong.push(`range ${id} has ${attributes['IP']}, its address ${pairOf(fip.tags)}`)
    else if (attributes['SCALEWAY_IP_ID'] !== fip.id) wrong.push(`range ${id} has another id`)
    for (const vm of leases.values()) {
      const holder = world.one.state.vms.find(vm)
      if (!holder || holder.state === done) wrong.push(`range ${id} is leased to VM ${vm}, gone`)
    }
  }
  return wrong
}

function nothingTwice(world: World): string[] {
  const all = ours(world)
  const said = {
    key: all.map(({ tags }) => `${tagValue(tags, 'provision')}/${tagValue(tags, 'key')}`),
    pair: all.map(({ tags }) => pairOf(tags) ?? 'none'),
    'range with IP': ranges(world).map(({ attributes }) => attributes['IP'] ?? ''),
    'range with address': ranges(world).map(({ attributes }) => attributes['EXTERNAL_IP'] ?? ''),
  }
  return Object.entries(said).flatMap(([what, values]) =>
    values
      .filter((value, index) => value !== '' && values.indexOf(value) !== index)
      .map((value) => `two with the ${what} ${value}`),
  )
}

function nothingUnderWay({ cloud, drivers }: World): string[] {
  const running = drivers().length
  return [
    ...cloud.clock.pending().map(({ name }) => `the cloud still works on "${name}"`),
    ...(running > 0 ? [`${running} drivers still run`] : []),
  ]
}
