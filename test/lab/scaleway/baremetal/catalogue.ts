import type { Sim } from '../engine/sim.ts'
import { type Hardware, hardware, ids } from './hardware.ts'
import type { Money, Offer, OfferOption, Os, OsField } from './model.ts'

/** What Elastic Metal sells in a zone. Stock is looked up at each call, since it moves. */
export function offersOf(sim: Sim, zone: string): Offer[] {
  return hardware.flatMap((machine) => [
    offer(sim, zone, machine, 'hourly'),
    offer(sim, zone, machine, 'monthly'),
  ])
}

export function systemsOf(zone: string): Os[] {
  return [
    system(zone, ids.ubuntu2204, 'Ubuntu', '22.04 LTS (Jammy Jellyfish)', 'ubuntu'),
    system(zone, ids.ubuntu2404, 'Ubuntu', '24.04 LTS (Noble Numbat)', 'ubuntu'),
    system(zone, ids.debian12, 'Debian', '12 (Bookworm)', 'root'),
    { ...system(zone, ids.custom, 'Custom install', '1.0', 'root'), cloud_init_supported: false },
  ]
}

export interface CatalogueOption {
  readonly id: string
  readonly name: string
  readonly manageable: boolean
  readonly [feature: string]: unknown
}

export const catalogueOptions: readonly CatalogueOption[] = [
  {
    id: ids.privateNetwork,
    name: 'Private Network',
    manageable: true,
    private_network: { bandwidth_in_bps: 1_000_000_000 },
  },
  { id: ids.remoteAccess, name: 'Remote Access', manageable: false, remote_access: {} },
]

/** € per hour of the Private Network option; Remote Access is free. */
export const optionHourly = (id: string): number => (id === ids.privateNetwork ? 0.03 : 0)

export const euros = ({ units, nanos }: Money): number => units + nanos / 1e9

function offer(sim: Sim, zone: string, machine: Hardware, period: 'hourly' | 'monthly'): Offer {
  const hourly = period === 'hourly'
  const id = hourly ? machine.hourlyId : machine.monthlyId
  return {
    id,
    name: machine.name,
    stock: sim.store.stock.get(`${zone}/${id}`)?.level ?? machine.stock,
    bandwidth: 500_000_000,
    max_bandwidth: 1_000_000_000,
    private_bandwidth: 1_000_000_000,
    shared_bandwidth: true,
    commercial_range: machine.range,
    price_per_hour: hourly ? money(machine.hourly) : null,
    price_per_month: hourly ? null : money(monthlyPrice(machine)),
    disks: machine.disks.map((gigabytes) => ({ capacity: gigabytes * 1e9, type: machine.disk })),
    enable: true,
    cpus: [
      {
        name: machine.cpu,
        core_count: machine.cores,
        thread_count: machine.threads,
        frequency: 3100,
        benchmark: '',
      },
    ],
    memories: [{ capacity: machine.memory * 2 ** 30, type: 'DDR4', frequency: 2400, is_ecc: true }],
    quota_name: machine.quota,
    persistent_memories: [],
    raid_controllers: [],
    incompatible_os_ids: [],
    subscription_period: period,
    operation_path: '',
    fee: money(hourly ? 0 : monthlyPrice(machine)),
    options: catalogueOptions.map((option) => offered(option, period)),
    tags: machine.partitioning ? ['install-system-v2', 'cloud-init'] : [],
    zone,
    monthly_offer_id: hourly ? machine.monthlyId : null,
    gpus: [],
  }
}

/** Half of what the hours of a month cost; the commitment fee is one more month. */
const monthlyPrice = ({ hourly }: Hardware) => hourly * 365

function offered(option: CatalogueOption, period: string): OfferOption {
  return {
    ...option,
    enabled: true,
    subscription_period: period,
    price: money(optionHourly(option.id) * (period === 'monthly' ? 333 : 1)),
    os_id: null,
  }
}

function system(zone: string, id: string, name: string, version: string, user: string): Os {
  const off: OsField = { editable: false, required: false, default_value: null }
  return {
    id,
    name,
    version,
    logo_url: '',
    ssh: { editable: true, required: true, default_value: null },
    user: { ...off, default_value: user },
    password: off,
    service_user: off,
    service_password: off,
    enabled: true,
    license_required: false,
    allowed: true,
    custom_partitioning_supported: id !== ids.custom,
    cloud_init_supported: true,
    cloud_init_version: '22.1',
    zone,
  }
}

function money(value: number): Money {
  const units = Math.floor(value)
  return { currency_code: 'EUR', units, nanos: Math.round((value - units) * 1e9) }
}
