import { driverArgument, driverPath } from '../../driver.ts'
import { EdgeCommand } from '../../edge-command.ts'

export default class DriverEnable extends EdgeCommand {
  static override summary = 'Let a driver be used for new providers and provisions'
  static override examples = [
    '<%= config.bin %> driver enable scaleway',
    '<%= config.bin %> driver enable scaleway --json',
  ]
  static override args = { driver: driverArgument }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(DriverEnable)
    return await this.client(flags).call('POST', `${driverPath(args.driver)}/enable`, {})
  }
}
