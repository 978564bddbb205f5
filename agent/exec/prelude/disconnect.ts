/**
 * Connections of addresses that changed hands, ended by ctnetlink (nfnetlink_conntrack.h): one look at the table of
 * the namespace, and only what is there is deleted. conntrack(8) would read the whole table for each
 * address, twice.
 */
export const disconnect = `
def parts_of(data):
    at = 0
    while at + 4 <= len(data):
        size, kind = unpack_from('=HH', data, at)
        if size < 4:
            return
        yield kind & 0x3fff, data[at:at + size]
        at += size + 3 & ~3

def part(data, wanted):
    return next((found for kind, found in parts_of(data) if kind == wanted), b'')

# Where the packets of one direction go: CTA_TUPLE_IP, in it CTA_IP_V4_DST.
def destination_of(direction):
    return part(part(direction[4:], 1)[4:], 2)[4:]

def answers(link):
    while True:
        heard, at = link.recv(1 << 18), 0
        while at + 16 <= len(heard):
            size, kind = unpack_from('=LH', heard, at)
            # A list says at its end whether it is whole, as an answer says whether it was done.
            if kind in (2, 3):
                code = -unpack_from('=i', heard, at + 16)[0]
                if code:
                    raise OSError(code, os.strerror(code))
                return
            # Behind the header and that of netfilter.
            yield heard[at + 20:at + size]
            at += size + 3 & ~3

def ask_conntrack(link, kind, flags, body=b''):
    link.sendall(pack('=LHHLLBBH', 20 + len(body), 1 << 8 | kind, 1 | flags, 0, 0, _socket.AF_INET, 0, 0) + body)
    return answers(link)

def is_of(wanted, entry):
    found = dict(parts_of(entry))
    return any(destination_of(found.get(direction, b'')) in wanted for direction in (1, 2))

# By its first direction, its zone and its number: an entry that is another by now stays.
def named(entry):
    return b''.join(text + bytes(-len(text) % 4) for kind, text in parts_of(entry) if kind in (1, 12, 18))

# To find out by a look at the table takes the kernel 9 ms where it has room for 262,144.
def has_connections():
    try:
        with open('/proc/sys/net/netfilter/nf_conntrack_count') as file:
            return int(file.read()) > 0
    except (OSError, ValueError):
        return True

def disconnect(addresses):
    if not has_connections():
        return True
    wanted = {_socket.inet_aton(address) for address in addresses}
    try:
        link = _socket.socket(_socket.AF_NETLINK, _socket.SOCK_RAW | _socket.SOCK_CLOEXEC, 12)
        for entry in [found for found in ask_conntrack(link, 1, 0x300) if is_of(wanted, found)]:
            try:
                list(ask_conntrack(link, 2, 4, named(entry)))
            except FileNotFoundError:
                pass
        link.close()
        return True
    except OSError as error:
        return complain(f'connections cannot be forgotten: {error.strerror}')
`
