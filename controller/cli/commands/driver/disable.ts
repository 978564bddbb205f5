import { driverArgument, driverPath } from '../../driver.ts'
import { EdgeCommand } from '../../edge-command.ts'

export default class DriverDisable extends EdgeCommand {
  static override summary = 'Keep a driver from being used for anything new'
  static override examples = [
    '<%= config.bin %> driver disable scaleway',
    '<%= config.bin %> driver disable scaleway --json',
  ]
  static override args = { driver: driverArgument }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(DriverDisable)
    return await this.client(flags).call('POST', `${driverPath(args.driver)}/disable`, {})
  }
}
