import { runDriver } from '../runs/run-driver.ts'
import { askController } from '../wire/ask-controller.ts'
import { registerRange } from '../wire/register.ts'
import { socketPath } from '../wire/settings.ts'

void runDriver('register_address_range', registerRange, async (path, body, withinMs) =>
  askController(socketPath(process.env), path, body, withinMs),
)
