import type { ProvisionBody } from '../documents/index.ts'
import type { Work } from './work.ts'

type Keyed = Pick<
  ProvisionBody,
  'host_keys' | 'hosts_given_up' | 'next_keys' | 'scaling' | 'user_inputs_values'
>

/** Keys of the provision's servers: the one place that knows which hosts it has, or shall have. */
export function hostKeys({ body, inputs }: Pick<Work, 'body' | 'inputs'>): string[] {
  return body.host_keys ?? firstKeys(inputs.hosts)
}

/** `host-0` … of a provision that has never been changed. */
export function firstKeys(hosts: number): string[] {
  return Array.from({ length: hosts }, (_, index) => `host-${index}`)
}

/** Takes that many keys that no host had before; what is left of an old one never meets a new one. */
export function takeHostKeys(draft: Keyed, amount: number): string[] {
  const next = nextKeys(draft)
  draft.host_keys = membersOf(draft)
  draft.next_keys = { ...next, host: next.host + amount }
  return Array.from({ length: amount }, (_, index) => `host-${next.host + index}`)
}

/** The same for public addresses; `taken` are keys that ranges have, whoever gave them to them. */
export function takeAddressKeys(
  draft: Keyed,
  amount: number,
  taken: ReadonlySet<string>,
): string[] {
  const next = nextKeys(draft)
  const keys: string[] = []
  let number = next.ip
  for (; keys.length < amount; number++) {
    if (!taken.has(`ip-${number}`)) keys.push(`ip-${number}`)
  }
  draft.next_keys = { ...next, ip: number }
  return keys
}

/** A host has come: from now on it is one of the provision's. */
export function join(draft: Keyed, key: string): void {
  const keys = membersOf(draft)
  draft.host_keys = keys.includes(key) ? keys : [...keys, key]
  if (draft.scaling) draft.scaling.hosts_up = draft.scaling.hosts_up.filter((one) => one !== key)
  count(draft)
}

/** Nothing of a host is left. */
export function leave(draft: Keyed, key: string): void {
  draft.host_keys = membersOf(draft).filter((one) => one !== key)
  if (draft.scaling) {
    draft.scaling.hosts_down = draft.scaling.hosts_down.filter((one) => one !== key)
  }
  count(draft)
}

/** Goes on with the hosts that came; the keys of the others are never used again. */
export function giveUpHosts(draft: Keyed, keys: readonly string[]): void {
  draft.next_keys = nextKeys(draft)
  draft.host_keys = membersOf(draft).filter((key) => !keys.includes(key))
  // Twice when only oned's answer was lost.
  draft.hosts_given_up = [...new Set([...(draft.hosts_given_up ?? []), ...keys])]
  count(draft)
}

function membersOf(draft: Keyed): string[] {
  return draft.host_keys ?? firstKeys(asked(draft, 'oneform_hosts', 1))
}

/** Clients read the number of hosts where they once wrote it; those on their way out do not count. */
function count(draft: Keyed): void {
  const leaving = new Set(draft.scaling?.hosts_down)
  const staying = membersOf(draft).filter((key) => !leaving.has(key))
  draft.user_inputs_values['oneform_hosts'] = staying.length
}

function nextKeys(draft: Keyed): NonNullable<Keyed['next_keys']> {
  if (draft.next_keys) return draft.next_keys
  const numbers = membersOf(draft).map((key) => Number(key.split('-')[1]) + 1)
  const hosts = asked(draft, 'oneform_hosts', 1)
  return { host: Math.max(hosts, ...numbers), ip: asked(draft, 'instance_public_ips', 0) }
}

/** `standard` is the input's default. */
function asked({ user_inputs_values: values }: Keyed, name: string, standard: number): number {
  return Number(values[name] ?? standard)
}
