export type IpamResourceType = 'custom' | 'baremetal_private_nic' | 'vpc_gateway_network'

export interface IpamResource {
  readonly type: IpamResourceType
  readonly id: string
  /** Upper case. */
  readonly mac_address: string | null
  readonly name: string | null
}

export interface IpamIp {
  readonly id: string
  /** With prefix length: `10.180.0.4/22`. */
  readonly address: string
  readonly project_id: string
  readonly is_ipv6: boolean
  readonly created_at: string
  updated_at: string
  readonly source: { readonly subnet_id: string }
  resource: IpamResource | null
  tags: readonly string[]
  reverses: readonly object[]
  readonly region: string
  readonly zone: null
  readonly hidden: {
    readonly network: string
    readonly vpc: string
    /** Booked by the customer: survives its resource and keeps its network from being deleted. */
    readonly booked: boolean
  }
}
