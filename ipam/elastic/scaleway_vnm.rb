# frozen_string_literal: true

require 'json'
require 'socket'
require 'timeout'

# Plug-in of OpenNebula's stock elastic network driver for Scaleway. All work is done in assign and
# unassign by the edgectl controller, which programs the host through its agent; the route, proxy
# and NAT commands of the stock driver are emptied, because they would undo what the agent owns.
class ScalewayEdgeProvider < GenericProvider

    CONFIGURATION = '/etc/edgectl/ipam.json'

    # The controller applies the host's state (20 s), waits for the cloud to take the request (60 s)
    # and 30 s for it to be done. OpenNebula itself has no limit here.
    ASSIGN_WITHIN   = 130
    UNASSIGN_WITHIN = 40

    # A range that was not made by the IPAM driver, or lost its attributes to onevnet updatear.
    NAMELESS = 'its address range has no EXTERNAL_IP'

    # @return [Integer] 0 on success; 1 with a sentence for the user. It must not raise: the text of
    #   an exception reaches oned.log only, and the user would see "elastic: -".
    def assign(ip, external, _opts = {})
        raise NAMELESS if external.to_s.empty?

        tell('/elastic/assign', ip, external, ASSIGN_WITHIN)
        0
    rescue StandardError => e
        OpenNebula::DriverLogger.report("Elastic IP #{external || "of #{ip}"}: #{e.message}")
        1
    end

    # Never fails: a failing clean would turn a stopped VM back to RUNNING. What is not released now
    # the controller releases or moves by itself.
    def unassign(ip, external, _opts = {})
        # In post of a live migration this is the rollback of an assign that worked: the stock driver
        # looked for the VM on the source host, which the arguments name.
        return 0 if external.to_s.empty? || (migration? && post?)

        # In clean of any migration the host in the arguments is left, ours is the destination. Only
        # the controller knows whether the VM runs on meanwhile.
        tell('/elastic/unassign', ip, external, UNASSIGN_WITHIN, :cleaned => ARGV.last)
        0
    rescue StandardError => e
        OpenNebula::DriverLogger.log_info("Elastic IP #{external} stays where it is: #{e.message}")
        0
    end

    def activate(cmds, _nic)
        cmds.clear
    end

    def deactivate(cmds, _nic)
        cmds.clear
    end

    private

    def migration?
        !ARGV.empty? && ARGV.last != @host['NAME']
    end

    # post gets the VM's name at the hypervisor and a host, clean a host only.
    def post?
        ARGV.size > 1
    end

    def tell(path, ip, external, within, more = {})
        provision = @host['TEMPLATE/ONEFORM/PROVISION_ID'].to_s
        raise "host #{@host['NAME']} has no ONEFORM/PROVISION_ID" unless provision.match?(/\A\d+\z/)

        request(path, { :provision => provision.to_i, :host => @host['ID'].to_i, :vm => vm_id,
                        :ip => ip, :external => external, **more }, within)
    end

    # The driver hands over addresses only; its own object knows the VM.
    def vm_id
        driver = ObjectSpace.each_object(ElasticDriver).first
        id     = driver&.vm&.[]('ID').to_s
        id.match?(/\A\d+\z/) ? id.to_i : nil
    rescue StandardError
        nil
    end

    # One request over the controller's unix socket. HTTP/1.0: the answer ends with the connection.
    def request(path, body, within)
        text   = JSON.generate(body)
        answer = Timeout.timeout(within, nil, "the controller gave no answer within #{within} s") do
            UNIXSocket.open(socket_path) do |socket|
                socket.write("POST #{path} HTTP/1.0\r\nHost: localhost\r\n" \
                             "Content-Type: application/json\r\n" \
                             "Content-Length: #{text.bytesize}\r\n\r\n#{text}")
                socket.read
            end
        end

        head, content = answer.split("\r\n\r\n", 2)
        return if head.to_s.match?(%r{\AHTTP/1\.\d 2\d\d\b})

        raise reason(content) || "the controller answered #{head.to_s.lines.first.to_s.strip}"
    rescue SystemCallError => e
        raise "the controller cannot be reached: #{e.message}"
    end

    def reason(content)
        JSON.parse(content.to_s)['message']
    rescue JSON::ParserError, TypeError
        nil
    end

    # EDGECTL_IPAM_SOCKET, else "socket" of controller.json beside this file, else of /etc/edgectl.
    def socket_path
        from_env = ENV['EDGECTL_IPAM_SOCKET'].to_s
        return from_env unless from_env.empty?

        beside = File.join(__dir__, 'controller.json')
        file   = File.exist?(beside) ? beside : CONFIGURATION
        JSON.parse(File.read(file)).fetch('socket')
    rescue KeyError, JSON::ParserError, SystemCallError => e
        raise "no socket of the controller in #{file}: #{e.message}"
    end

end
