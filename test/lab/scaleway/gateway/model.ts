import type { GatewayAttachment } from '../world.ts'

export interface GatewayIp {
  readonly id: string
  readonly organization_id: string
  readonly project_id: string
  readonly created_at: string
  updated_at: string
  tags: readonly string[]
  readonly address: string
  reverse: string | null
  gateway_id: string | null
  readonly zone: string
}

export type GatewayStatus =
  | 'allocating'
  | 'configuring'
  | 'running'
  | 'failed'
  | 'deleting'
  | 'locked'

export interface Gateway {
  readonly id: string
  readonly organization_id: string
  readonly project_id: string
  readonly created_at: string
  updated_at: string
  readonly type: string
  readonly bandwidth: number
  status: GatewayStatus
  name: string
  tags: readonly string[]
  readonly can_upgrade_to: string | null
  bastion_enabled: boolean
  bastion_port: number
  smtp_enabled: boolean
  readonly is_legacy: false
  bastion_allowed_ips: readonly string[]
  readonly zone: string
  /** Absent until it has run once. */
  version?: string
  readonly hidden: {
    readonly ip: string
    /** Changes under way; running again when none is left. */
    busy: number
  }
}

export interface GatewayNetwork {
  readonly id: string
  readonly created_at: string
  updated_at: string
  readonly gateway_id: string
  readonly private_network_id: string
  /** Absent until ready. */
  mac_address?: string
  masquerade_enabled: boolean
  push_default_route: boolean
  status: 'created' | 'attaching' | 'configuring' | 'ready' | 'detaching' | 'error'
  ipam_ip_id: string
  readonly zone: string
  readonly hidden: {
    readonly mac: string
    readonly project: string
    /** What the world was told last, to take it back exactly. */
    told: GatewayAttachment | null
  }
}
