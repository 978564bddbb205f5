const withinMs = 5_000

/** What comes of knocking at the drivers' socket: `answers`, `mute`, or the errno of the connection. */
export function knock(path: string): Promise<string> {
  const { connect } = process.getBuiltinModule('node:net')
  return new Promise((resolve) => {
    const connection = connect(path)
    const end = (outcome: string) => {
      clearTimeout(timer)
      connection.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => end('mute'), withinMs)
    connection.on('connect', () =>
      connection.write('GET /edgectl-doctor HTTP/1.0\r\nHost: localhost\r\n\r\n'),
    )
    connection.on('data', (bytes) => end(/^HTTP\/1/.test(bytes.toString()) ? 'answers' : 'mute'))
    connection.on('end', () => end('mute'))
    connection.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
