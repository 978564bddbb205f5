import type { StockLevel } from './model.ts'

/** Ids seen in recordings of the real catalogue; the same in every zone. */
export const ids = {
  ubuntu2204: '96e5f0f2-d216-4de2-8a15-68730d877885',
  ubuntu2404: '7d1914e1-f4ab-47fc-bd8c-b3a23143e87a',
  debian12: '83640d93-a0b8-45ad-9c9f-30cae48380a4',
  custom: '52a2423a-3fbc-4fc0-8ac6-91735a2aa47d',
  privateNetwork: 'cd4158d7-2d65-49be-8803-c4b8ab6f760c',
  remoteAccess: '931df052-d713-4674-8b58-96a63244c8e2',
} as const

export interface Hardware {
  readonly name: string
  readonly hourlyId: string
  readonly monthlyId: string
  readonly range: string
  readonly quota: string
  /** € per hour. */
  readonly hourly: number
  readonly cpu: string
  readonly cores: number
  readonly threads: number
  /** GiB. */
  readonly memory: number
  readonly disk: 'SSD' | 'NVMe' | 'HDD'
  /** Gigabytes each. */
  readonly disks: readonly number[]
  readonly stock: StockLevel
  readonly cloudInit: boolean
  /** Whether customers may part its disks themselves; recorded catalogues mark such offers by tags. */
  readonly partitioning: boolean
}

export const hardware: readonly Hardware[] = [
  {
    name: 'EM-A116X-SSD',
    hourlyId: '8779d2c1-cd10-4a34-a006-cb5b1fb5cbc7',
    monthlyId: '7b3dae29-0658-4351-b8a7-7b97aef6efc2',
    range: 'aluminium',
    quota: 'EM_A116X_SSD',
    hourly: 0.077,
    cpu: 'Intel Xeon E3 1220',
    cores: 4,
    threads: 4,
    memory: 32,
    disk: 'SSD',
    disks: [1020, 1020],
    stock: 'available',
    cloudInit: true,
    partitioning: false,
  },
  {
    name: 'EM-A115X-SSD',
    hourlyId: 'f7241870-c383-4fa2-bbca-5189600df5c4',
    monthlyId: 'f1322af3-53dd-473b-8749-83661fbb73d8',
    range: 'aluminium',
    quota: 'EM_A115X_SSD',
    hourly: 0.071,
    cpu: 'Intel Xeon E3 1220',
    cores: 4,
    threads: 4,
    memory: 32,
    disk: 'SSD',
    disks: [1000, 1000],
    stock: 'available',
    cloudInit: true,
    partitioning: false,
  },
  {
    name: 'EM-A610R-NVME',
    hourlyId: 'e1680dec-52aa-4cbc-b70c-ef32d863fdb0',
    monthlyId: '60bfff09-7b6e-4004-9b74-1957f26bf070',
    range: 'aluminium',
    quota: 'EM_A610R_NVME',
    hourly: 0.137,
    cpu: 'AMD Ryzen PRO 3600',
    cores: 6,
    threads: 12,
    memory: 16,
    disk: 'NVMe',
    disks: [1020, 1020],
    stock: 'available',
    cloudInit: true,
    partitioning: true,
  },
  {
    name: 'EM-B220E-NVME',
    hourlyId: '206ea234-9097-4ae1-af68-6d2be09f47ed',
    monthlyId: '8852ff25-c867-4d58-a1f8-40b9968119b7',
    range: 'beryllium',
    quota: 'EM_B220E_NVME',
    hourly: 0.275,
    cpu: 'AMD EPYC 7232P',
    cores: 8,
    threads: 16,
    memory: 64,
    disk: 'NVMe',
    disks: [1020, 1020],
    stock: 'available',
    cloudInit: true,
    partitioning: true,
  },
  {
    name: 'EM-B112X-SSD',
    hourlyId: 'a5065ba4-dde2-45f3-adec-1ebbb27b766b',
    monthlyId: 'b1d5a2ae-6e47-4e52-8b10-3d16bbd3d3a1',
    range: 'beryllium',
    quota: 'EM_B112X_SSD',
    hourly: 0.205,
    cpu: '2 x Intel Xeon E5 2620',
    cores: 12,
    threads: 24,
    memory: 192,
    disk: 'SSD',
    disks: [1020, 1020],
    stock: 'empty',
    cloudInit: true,
    partitioning: false,
  },
  {
    name: 'EM-I210E-NVME',
    hourlyId: '66374b29-9c17-4ad1-b8a5-9b0b5e2a2e5c',
    monthlyId: '0f3f9b1e-14a0-4a3e-9f5c-2cdb3e8f6a77',
    range: 'iridium',
    quota: 'EM_I210E_NVME',
    hourly: 0.52,
    cpu: 'AMD EPYC 7313P',
    cores: 16,
    threads: 32,
    memory: 128,
    disk: 'NVMe',
    disks: [1920, 1920],
    stock: 'low',
    cloudInit: true,
    partitioning: false,
  },
  {
    name: 'EM-L110X-SATA',
    hourlyId: 'a204136d-656b-44b7-9735-88ca2f62cb1f',
    monthlyId: 'c6b7f7a8-3a64-4f61-8a50-0f9f1ad4d9b2',
    range: 'lithium',
    quota: 'EM_L110X_SATA',
    hourly: 0.18,
    cpu: 'Intel Xeon E5 2620',
    cores: 6,
    threads: 12,
    memory: 96,
    disk: 'HDD',
    disks: [12000, 12000, 12000, 12000],
    stock: 'available',
    cloudInit: false,
    partitioning: false,
  },
]
