export type StockLevel = 'empty' | 'low' | 'available'

export interface Stock {
  level: StockLevel
  /** Creates until the level becomes `later`; null when it stays. */
  afterN: number | null
  later: StockLevel
}

export interface Money {
  readonly currency_code: 'EUR'
  readonly units: number
  readonly nanos: number
}

export interface OfferOption {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly manageable: boolean
  readonly subscription_period: string
  readonly price: Money
  readonly os_id: null
  readonly [feature: string]: unknown
}

export interface Offer {
  readonly id: string
  readonly name: string
  readonly stock: StockLevel
  readonly enable: boolean
  readonly subscription_period: 'hourly' | 'monthly'
  readonly monthly_offer_id: string | null
  readonly quota_name: string
  readonly incompatible_os_ids: readonly string[]
  readonly options: readonly OfferOption[]
  readonly price_per_hour: Money | null
  readonly price_per_month: Money | null
  readonly zone: string
  readonly [detail: string]: unknown
}

export interface OsField {
  readonly editable: boolean
  readonly required: boolean
  readonly default_value: string | null
}

export interface Os {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly enabled: boolean
  readonly ssh: OsField
  readonly user: OsField
  readonly password: OsField
  readonly service_user: OsField
  readonly service_password: OsField
  readonly cloud_init_supported: boolean
  readonly zone: string
  readonly [detail: string]: unknown
}

export type ServerStatus =
  | 'ordered'
  | 'delivering'
  | 'ready'
  | 'stopping'
  | 'stopped'
  | 'starting'
  | 'error'
  | 'deleting'
  | 'locked'
  | 'out_of_stock'
  | 'migrating'

/** How disks are parted, in snake case as it travels. */
export interface Schema {
  readonly disks: readonly {
    readonly device: string
    readonly partitions: readonly {
      readonly label: string
      readonly number: number
      readonly size: number
      readonly use_all_available_space: boolean
    }[]
  }[]
  readonly raids: readonly {
    readonly name: string
    readonly level: string
    readonly devices: readonly string[]
  }[]
  readonly filesystems: readonly {
    readonly device: string
    readonly format: string
    readonly mountpoint: string
  }[]
  readonly zfs: { readonly pools: readonly unknown[] } | null
}

export interface Install {
  os_id: string
  hostname: string
  ssh_key_ids: readonly string[]
  status: 'to_install' | 'installing' | 'completed' | 'error'
  user: string
  service_user: string
  service_url: string
  partitioning_schema: Schema | null
}

export interface ServerOption {
  readonly id: string
  readonly name: string
  status: 'option_status_enabling' | 'option_status_enable' | 'option_status_disabling'
  readonly manageable: boolean
  readonly expires_at: string | null
  readonly [feature: string]: unknown
}

export interface ServerIp {
  readonly id: string
  readonly address: string
  readonly version: 'IPv4' | 'IPv6'
  readonly reverse: string
  readonly reverse_status: string
  readonly reverse_status_message: string
}

export interface ServerEvent {
  readonly id: string
  readonly action: string
  readonly created_at: string
  readonly updated_at: string
}

export interface Server {
  readonly id: string
  readonly organization_id: string
  readonly project_id: string
  name: string
  description: string
  readonly created_at: string
  updated_at: string
  status: ServerStatus
  readonly offer_id: string
  readonly offer_name: string
  tags: readonly string[]
  ips: ServerIp[]
  domain: string
  boot_type: 'normal' | 'rescue'
  readonly zone: string
  install: Install | null
  ping_status: 'ping_status_unknown' | 'ping_status_up' | 'ping_status_down'
  options: ServerOption[]
  rescue_server: null
  protected: boolean
  user_data: string | null
  readonly hidden: {
    /** Lower case. */
    readonly mac: string
    readonly events: ServerEvent[]
    /** There was no machine left when it was ordered: the API finds out after its 200. */
    readonly promisedOnly: boolean
    /** Rises with each installation, so that the jobs of an older one know. */
    run: number
    /** The world has, or is getting, a machine with an operating system. */
    installed: boolean
  }
}

export interface Attachment {
  readonly id: string
  readonly project_id: string
  readonly server_id: string
  readonly private_network_id: string
  readonly vlan: number
  status: 'attaching' | 'attached' | 'error' | 'detaching' | 'locked'
  ipam_ip_ids: readonly string[]
  readonly created_at: string
  readonly updated_at: string
  readonly hidden: {
    readonly zone: string
    /** The detach under way: asking for it again is the same one. */
    leaving: Promise<void> | null
  }
}
