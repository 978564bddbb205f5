/** What steps of APPLYING tell the ones that need them; looked up or created in this very run. */
export interface Made {
  sshKeyId?: string
  vpcId?: string
  networkId?: string
  gatewayIpId?: string
  gatewayId?: string
  readonly servers: Map<string, string>
}

/** What an earlier step made; that it ran is what `needs` says. */
export function have(value: string | undefined, what: string): string {
  if (value === undefined) throw new TypeError(`A step needs the ${what} and does not say so`)
  return value
}
