/** Lines of `ip -batch`, the frequent ones by rtnetlink, all others by ip. */
export const lines = String.raw`
# rtnetlink(7): type and body of what is asked for most; all else is left to ip.

def attribute(kind, value):
    return pack('=HH', 4 + len(value), kind) + value + bytes(-len(value) % 4)

# Numbers of devices in the namespace that lines are carried into.
devices = {}

def index(device):
    if device not in devices:
        devices[device] = _socket.if_nametoindex(device)
    return devices[device]

def link_up(device):
    return 16, pack('=BxHiII', 0, 0, index(device), 1, 1)

def address_of(kind, text, device):
    address, _, length = text.partition('/')
    head = pack('=BBBBi', _socket.AF_INET, int(length), 0, 0, index(device))
    packed = _socket.inet_aton(address)
    return kind, head + attribute(1, packed) + attribute(2, packed)

def neighbour_of(kind, address, device, is_proxy=False, mac='', number=''):
    head = pack('=BxHiHBB', _socket.AF_INET, 0, index(device), 0x80, 8 if is_proxy else 0, 0)
    body = head + attribute(1, _socket.inet_aton(address))
    body += attribute(2, bytes.fromhex(mac.replace(':', ''))) if mac else b''
    return kind, body + (attribute(12, pack('=B', int(number))) if number else b'')

def route_of(kind, destination, words):
    options = dict(zip(words[::2], words[1::2], strict=True))
    via, source = options.pop('via', None), options.pop('src', None)
    device, number = options.pop('dev'), options.pop('proto')
    if options:
        raise KeyError(*options)
    address, _, length = ('0.0.0.0/0' if destination == 'default' else destination).partition('/')
    # What is deleted may be of any scope and type.
    scope, form = (255, 0) if kind == 25 else (253 if via is None else 0, 1)
    size = int(length or 32)
    head = pack('=BBBBBBBBI', _socket.AF_INET, size, 0, 0, 254, int(number), scope, form, 0)
    body = head + attribute(4, pack('=i', index(device)))
    for code, value in ((1, address if size else None), (5, via), (7, source)):
        body += attribute(code, _socket.inet_aton(value)) if value else b''
    return kind, body

def request_of(line):
    match line.split():
        case ['link', 'set', 'dev', device, 'up']:
            return link_up(device)
        case ['address', 'replace', text, 'dev', device]:
            return address_of(20, text, device)
        case ['address', 'delete', text, 'dev', device]:
            return address_of(21, text, device)
        case ['neighbour', 'replace', 'proxy', address, 'dev', device, 'protocol', number]:
            return neighbour_of(28, address, device, True, number=number)
        case ['neighbour', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent', 'protocol', number]:
            return neighbour_of(28, address, device, mac=mac, number=number)
        case ['neighbour', 'delete', 'proxy', address, 'dev', device]:
            return neighbour_of(29, address, device, True)
        case ['neighbour', 'delete', address, 'dev', device]:
            return neighbour_of(29, address, device)
        case ['route', 'replace', destination, *words]:
            return route_of(24, destination, words)
        case ['route', 'delete', destination, *words]:
            return route_of(25, destination, words)
    raise ValueError

def message(number, is_last, kind, body):
    flags = 1 | (4 if is_last else 0) | (0x400 | 0x100 if kind in (20, 24, 28) else 0)
    return pack('=LHHLL', 16 + len(body), kind, flags, number, 0) + body

# Sent together, in their order: the kernel tells of those it refuses anyhow, and of the others at the last.
def all_taken(link, asked):
    last = len(asked) - 1
    link.sendall(b''.join(
        message(number, number == last, kind, body) for number, (line, kind, body) in enumerate(asked)
    ))
    number, is_well = -1, True
    while number != last:
        answer = link.recv(1 << 16)
        number, code = unpack_from('=L', answer, 8)[0], unpack_from('=i', answer, 16)[0]
        # Not again by ip: what follows may have been meant to come after it.
        is_well = (code == 0 or complain(f'{asked[number][0]}: {os.strerror(-code)}')) and is_well
    return is_well

# As many as the kernel could refuse without running out of room for its answers.
most_at_once = 50

def carry_lines(text):
    link = _socket.socket(_socket.AF_NETLINK, _socket.SOCK_RAW | _socket.SOCK_CLOEXEC, 0)
    asked, results = [], []
    def ask():
        if asked:
            results.append(all_taken(link, asked))
        asked.clear()
    devices.clear()
    try:
        for line in text.splitlines():
            try:
                asked.append((line, *request_of(line)))
            except (KeyError, ValueError, OSError, struct.error):
                ask()
                results.append(feed(f'{line}\n', 'ip', '-batch', '-'))
                devices.clear()
            if len(asked) == most_at_once:
                ask()
        ask()
        return all(results)
    finally:
        link.close()
`
