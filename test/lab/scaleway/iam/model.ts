export interface ApiKey {
  readonly access_key: string
  readonly secret_key: string
  readonly default_project_id: string
  expires_at: string | null
  readonly created_at: string
  readonly projects: readonly string[] | null
  denied: readonly { readonly action: string; readonly resource: string }[]
  revoked: 'denied' | 'expired' | null
}

export interface SshKey {
  readonly id: string
  name: string
  readonly public_key: string
  readonly fingerprint: string
  readonly created_at: string
  updated_at: string
  readonly organization_id: string
  readonly project_id: string
  disabled: boolean
}
