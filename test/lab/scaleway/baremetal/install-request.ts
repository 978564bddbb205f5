import type { Sim } from '../engine/sim.ts'
import type { BodyReader } from '../transport/body.ts'
import { readBody } from '../transport/body.ts'
import { type ArgumentDetail, untyped } from '../transport/errors.ts'
import { systemsOf } from './catalogue.ts'
import { hardware } from './hardware.ts'
import type { Install, Offer, Os } from './model.ts'
import { needSchema } from './partitioning.ts'

export interface InstallRequest {
  readonly install: Install
  readonly os: Os
}

/** Elastic Metal's way to say what is wrong with a body. */
export const refuseBody = (details: ArgumentDetail[]) =>
  untyped(400, details.map((d) => `${d.argument_name}: ${d.help_message}`).join(', '))

/** Checks an installation order as the real API does before it accepts a server. */
export function readInstall(
  sim: Sim,
  raw: unknown,
  { zone, project, offer }: { zone: string; project: string; offer: Offer },
): InstallRequest {
  const body = readBody(raw, refuseBody)
  const osId = body.needUuid('os_id')
  const hostname = body.text('hostname', { max: 255 }) ?? ''
  const keys = body.uuids('ssh_key_ids')
  const user = body.text('user')
  const password = body.text('password')
  const serviceUser = body.text('service_user')
  const servicePassword = body.text('service_password')
  const schema = body.object('partitioning_schema')
  body.end()
  const os = systemsOf(zone).find(({ id }) => id === osId)
  if (!os?.enabled) throw untyped(400, 'OS not found')
  if (offer.incompatible_os_ids.includes(osId))
    throw untyped(400, 'OS is not compatible with this offer')
  needKeys(sim, keys, project, os)
  const parted = schema ? needSchema(zone, offer, osId, schema) : null
  for (const [field, given] of [
    ['user', user],
    ['password', password],
    ['service_user', serviceUser],
    ['service_password', servicePassword],
  ] as const)
    if (os[field].required && !given) throw untyped(400, `${field} is required for this OS`)
  return {
    os,
    install: {
      os_id: osId,
      hostname,
      ssh_key_ids: keys,
      status: 'to_install',
      user: user ?? os.user.default_value ?? '',
      service_user: serviceUser ?? '',
      service_url: '',
      partitioning_schema: parted,
    },
  }
}

/** Decodable base64, as the wire wants it; the SDK's users forget. */
export function readUserData(body: BodyReader): string | null {
  const text = body.text('user_data', { max: 127_998 })
  if (text === undefined || text === '') return null
  if (Buffer.from(text, 'base64').toString('base64') !== text)
    body.wrong({
      argument_name: 'user_data',
      reason: 'format',
      help_message: 'value must be base64 encoded',
    })
  return text
}

/** A permanent refusal that looks like a passing one: 503. */
export function needCloudInit(offer: Offer, os: Os | undefined): void {
  const machine = hardware.find(({ name }) => name === offer.name)
  if (!machine?.cloudInit) throw untyped(503, 'cloud-init is not supported on this offer')
  if (os && !os.cloud_init_supported) throw untyped(503, 'cloud-init is not supported on this OS')
}

function needKeys(sim: Sim, ids: readonly string[], project: string, os: Os): void {
  if (os.ssh.required && ids.length === 0) throw untyped(400, 'ssh_key_ids is required for this OS')
  for (const id of ids) {
    const key = sim.store.sshKeys.get(id)
    if (!key || key.project_id !== project) throw untyped(400, `SSH key ${id} not found`)
    if (key.disabled) throw untyped(400, `SSH key ${id} is disabled`)
  }
}
