export interface Vpc {
  readonly id: string
  name: string
  readonly organization_id: string
  readonly project_id: string
  readonly region: string
  tags: readonly string[]
  readonly is_default: boolean
  readonly created_at: string
  updated_at: string
  readonly routing_enabled: true
  custom_routes_propagation_enabled: boolean
}

export interface Subnet {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly subnet: string
  readonly project_id: string
  readonly private_network_id: string
  readonly vpc_id: string
}

export interface PrivateNetwork {
  readonly id: string
  name: string
  readonly organization_id: string
  readonly project_id: string
  readonly region: string
  tags: readonly string[]
  readonly created_at: string
  updated_at: string
  readonly subnets: readonly Subnet[]
  readonly vpc_id: string
  readonly dhcp_enabled: true
  default_route_propagation_enabled: boolean
  readonly hidden: {
    /** Virtual milliseconds of the last resource's leaving. */
    leftMs: number | null
  }
}
