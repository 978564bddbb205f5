import type { InputSpec } from '../documents/index.ts'
import type { DriverAnswer } from './answers.ts'
import { stateColour } from './colour.ts'
import { block, table } from './columns.ts'

/** `driver list`, laid out as the stock command line does. */
export function driverList(drivers: readonly DriverAnswer[]): string {
  const row = (name: string, deployments: string, state: string) =>
    `${name.padEnd(15)} ${deployments.padEnd(15)} ${state}`
  return [
    row('NAME', 'DEPLOYMENTS', 'STATE'),
    ...drivers.map(({ name, state, deployment_confs }) => {
      const deployments = deployment_confs.map(({ inventory }) => inventory).join(',')
      // commands take it in lower case
      return row(name.toLowerCase(), deployments || '--', stateColour(state))
    }),
  ].join('\n')
}

/** `driver show`, laid out as the stock command line does, with what each deployment asks beside. */
export function driverLayout(driver: DriverAnswer): string {
  const { name, description, state, registry, version, connection, user_inputs } = driver
  return [
    block(`${name.toUpperCase()} ONEFORM DRIVER INFORMATION`, [
      ['NAME', name],
      ['DESCRIPTION', description],
      ['STATE', state],
      ['SOURCE', registry],
      ['VERSION', version],
    ]),
    inputs('CONNECTION INPUTS', connection),
    inputs('PROVISIONING INPUTS', user_inputs),
    ...driver.deployment_confs
      .filter((one) => one.user_inputs.length > 0)
      .map((one) => inputs(`INPUTS OF ${one.inventory}`, one.user_inputs)),
  ].join('\n\n')
}

function inputs(title: string, specs: readonly InputSpec[]): string {
  const rows = specs.map(({ name, type, default: standard }) => [name, type, shown(standard)])
  return table(title, ['NAME', 'TYPE', 'DEFAULT'], rows, [25, 15])
}

function shown(standard: unknown): string {
  if (standard === undefined || standard === '') return '--'
  return typeof standard === 'object' ? JSON.stringify(standard) : String(standard)
}
