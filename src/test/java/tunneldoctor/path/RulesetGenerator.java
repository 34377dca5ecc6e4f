package tunneldoctor.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tunneldoctor.model.Direction;

/** Makes rulesets as {@code iptables-restore} reads them: small, nested and nasty; the same for the same seed. */
final class RulesetGenerator {
    private static final List<String> CHAINS = List.of(
            "KUBE-FIREWALL",
            "KUBE-NODEPORTS",
            "cali-INPUT",
            "cali-from-host-endpoint",
            "ufw-before-input",
            "ufw-user-input",
            "drop",
            "accept",
            "X",
            "a.long-chain_name-of-28-char");

    private final Random random;
    private final boolean inbound;

    /** @param direction of the connections most rules are about */
    RulesetGenerator(long seed, Direction direction) {
        random = new Random(seed);
        inbound = direction == Direction.INBOUND;
    }

    String next() {
        StringBuilder text = new StringBuilder();
        table(text, "raw", List.of("PREROUTING", "OUTPUT"), 12);
        table(text, "mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"), 10);
        nat(text);
        table(text, "filter", List.of("INPUT", "FORWARD", "OUTPUT"), 100);
        table(text, "security", List.of("INPUT", "FORWARD", "OUTPUT"), 8);
        return text.toString();
    }

    /** @param percent how likely the table holds rules at all */
    private void table(StringBuilder text, String name, List<String> builtIn, int percent) {
        boolean filter = name.equals("filter");
        boolean filled = chance(percent);
        text.append('*').append(name).append('\n');
        for (String chain : builtIn) {
            boolean drop = filter && (chain.equals(way()) && chance(30) || chain.equals(wayBack()) && chance(4));
            text.append(':').append(chain).append(drop ? " DROP" : " ACCEPT").append(" [0:0]\n");
        }
        List<String> chains = new ArrayList<>();
        if (filled) {
            for (String chain : CHAINS) {
                if (chance(filter ? 55 : 15)) {
                    chains.add(chain);
                }
            }
        }
        chains.forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
        if (filled) {
            Map<String, Integer> sizes = new LinkedHashMap<>();
            for (String chain : builtIn) {
                boolean main = filter && chain.equals(way());
                sizes.put(
                        chain, main ? 1 + random.nextInt(7) : chance(replies(chain) ? 25 : 50) ? random.nextInt(3) : 0);
            }
            chains.forEach(chain -> sizes.put(chain, random.nextInt(5)));
            List<String> order = new ArrayList<>(sizes.keySet());
            for (String chain : order) {
                int place = chains.indexOf(chain);
                List<String> deeper = chains.subList(place + 1, chains.size());
                for (int i = 0; i < sizes.getOrDefault(chain, 0); i++) {
                    text.append("-A ")
                            .append(chain)
                            .append(rule(name, chain, deeper))
                            .append('\n');
                }
            }
        }
        text.append("COMMIT\n");
    }

    private String way() {
        return inbound ? "INPUT" : "OUTPUT";
    }

    private String wayBack() {
        return inbound ? "OUTPUT" : "INPUT";
    }

    private static boolean outgoing(String chain) {
        return chain.equals("OUTPUT") || chain.equals("POSTROUTING");
    }

    private static boolean incoming(String chain) {
        return chain.equals("INPUT") || chain.equals("PREROUTING");
    }

    /** Whether the chain meets the answers. Chains that others enter meet both. */
    private boolean replies(String chain) {
        return inbound ? outgoing(chain) : incoming(chain);
    }

    private void nat(StringBuilder text) {
        text.append(
                "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n");
        if (chance(15)) {
            text.append(":KUBE-SERVICES - [0:0]\n");
            text.append("-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n");
            text.append(
                    "-A KUBE-SERVICES -d 10.0.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.77.1.1:443\n");
            if (chance(30)) {
                text.append("-A PREROUTING -s 10.77.1.0/24 -p tcp -m tcp --dport 10250 -j REDIRECT --to-ports 4\n");
                text.append("-A OUTPUT -d 10.77.1.0/24 -p tcp -m tcp --dport 9000 -j REDIRECT --to-ports 4\n");
            }
            text.append("-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\n");
        }
        text.append("COMMIT\n");
    }

    private String rule(String table, String chain, List<String> deeper) {
        boolean outgoing = outgoing(chain);
        boolean base = Character.isUpperCase(chain.charAt(0)) && CHAINS.indexOf(chain) < 0;
        StringBuilder rule = new StringBuilder();
        if (chance(25)) {
            rule.append(not(20)).append(" -s ").append(address());
        }
        if (chance(12)) {
            rule.append(not(20))
                    .append(" -d ")
                    .append(pick(
                            "10.77.0.1",
                            "10.77.0.0/16",
                            "10.0.0.0/8",
                            "127.0.0.0/8",
                            "10.77.1.1",
                            "10.77.1.0/24",
                            "192.168.0.0/16",
                            "172.20.0.0/16"));
        }
        if (incoming(chain) && chance(25)) {
            rule.append(pick(
                    " -i eth0", " -i lo", " -i eth+", " ! -i lo", " ! -i eth0", " -i ens5", " -i eth", " ! -i et+"));
        }
        if (outgoing && chance(25)) {
            rule.append(pick(" -o eth0", " -o lo", " ! -o lo", " -o eth+"));
        }
        boolean tcp = false;
        if (chance(60)) {
            String protocol = pick(
                    " -p tcp",
                    " -p tcp",
                    " -p tcp",
                    " -p tcp",
                    " -p udp",
                    " -p 47",
                    " ! -p udp",
                    " ! -p tcp",
                    " -p icmp");
            if (!inbound && chance(30)) {
                protocol = " -p udp";
            }
            rule.append(protocol);
            tcp = protocol.equals(" -p tcp");
            if ((tcp || protocol.equals(" -p udp")) && chance(70)) {
                ports(rule, protocol.substring(" -p ".length()), replies(chain));
            } else if (protocol.equals(" -p icmp") && chance(50)) {
                rule.append(" -m icmp")
                        .append(not(20))
                        .append(pick(" --icmp-type 8", " --icmp-type 3", " --icmp-type 3/10", " --icmp-type 3/3"));
            }
        }
        conditions(rule, table, chain);
        target(rule, table, chain, deeper, tcp, base);
        return rule.toString();
    }

    private void ports(StringBuilder rule, String protocol, boolean replies) {
        String service = replies ? "sport" : "dport";
        String own = replies ? "dport" : "sport";
        String port = inbound ? "10250" : protocol.equals("tcp") ? "9000" : "1194";
        String around = inbound ? "10000:20000" : "1000:9999";
        switch (random.nextInt(protocol.equals("tcp") ? 8 : 7)) {
            case 0, 1 -> rule.append(" -m " + protocol + " --" + service + " " + port);
            case 2 ->
                rule.append(" -m " + protocol)
                        .append(not(30))
                        .append(" --" + service + " ")
                        .append(pick(around, "22", "1024:", ":1024", port, "30000:32767", "10251"));
            case 3 ->
                rule.append(" -m multiport")
                        .append(not(30))
                        .append(" --" + service + "s ")
                        .append(pick("22," + port, "22,443", "22," + around + ",443", port));
            case 4 ->
                rule.append(" -m multiport")
                        .append(not(20))
                        .append(" --ports ")
                        .append(pick("22," + port, "22,443", "1:1023"));
            case 5 ->
                rule.append(" -m " + protocol + " --" + own + " ")
                        .append(pick("1024:65535", "22", port, "40000:50000", "0:1023"));
            case 6 -> rule.append(" -m " + protocol);
            default ->
                rule.append(pick(
                        " -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
                        " -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN",
                        " -m tcp --tcp-flags SYN,ACK SYN,ACK",
                        " -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE",
                        " -m tcp --tcp-flags RST RST",
                        " -m tcp --tcp-flags SYN,RST SYN,RST",
                        " -m tcp --tcp-flags PSH PSH"));
        }
    }

    private void conditions(StringBuilder rule, String table, String chain) {
        if (chance(22)) {
            rule.append(pick(
                    " -m conntrack --ctstate NEW",
                    " -m conntrack --ctstate RELATED,ESTABLISHED",
                    " -m conntrack --ctstate INVALID",
                    " -m conntrack ! --ctstate NEW",
                    " -m conntrack ! --ctstate INVALID",
                    " -m conntrack --ctstate NEW,ESTABLISHED",
                    " -m conntrack --ctstate NEW,UNTRACKED",
                    " -m conntrack --ctstate ESTABLISHED",
                    " -m state --state NEW",
                    " -m state --state RELATED,ESTABLISHED",
                    " -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT"));
        }
        if (chance(10)) {
            connection(rule);
        }
        if (chance(6)) {
            rule.append(" -m iprange")
                    .append(not(30))
                    .append(pick(
                            " --src-range 10.77.1.2-10.77.2.1",
                            " --dst-range 10.77.1.2-10.77.210.1",
                            " --src-range 0.0.0.1-10.77.1.1",
                            " --dst-range 10.77.0.0-10.77.0.9"));
        }
        if (chance(6)) {
            rule.append(" -m addrtype")
                    .append(not(25))
                    .append(pick(
                            " --dst-type LOCAL", " --src-type LOCAL", " --src-type UNICAST", " --dst-type BROADCAST"));
            if ((incoming(chain) || outgoing(chain)) && chance(10)) {
                rule.append(incoming(chain) ? " --limit-iface-in" : " --limit-iface-out");
            }
        }
        if (chance(10)) {
            rule.append(" -m mark")
                    .append(not(25))
                    .append(pick(" --mark 0x8000/0x8000", " --mark 0x1/0x3", " --mark 0x0/0xc000", " --mark 0x1"));
        }
        if (chance(3)) {
            rule.append(pick(" -f", " ! -f"));
        }
        if (chance(4)) {
            rule.append(pick(
                    " -m limit --limit 3/min --limit-burst 1",
                    " -m statistic --mode random --probability 0.5",
                    " -m ttl --ttl-gt 5",
                    " -m pkttype --pkt-type unicast",
                    " -m length --length 0:70",
                    " -m recent --update --seconds 60 --hitcount 2 --name seen --rsource",
                    " -m time --timestart 08:00 --timestop 18:00",
                    " -m connlimit --connlimit-above 3",
                    " -m dscp --dscp 0"));
        }
        if (outgoing(chain) && chance(inbound ? 2 : 8)) {
            rule.append(" -m owner")
                    .append(not(20))
                    .append(pick(
                            " --uid-owner 0",
                            " --uid-owner 1000",
                            " --gid-owner 0",
                            " --socket-exists",
                            " --socket-exists ! --uid-owner 1000"));
        }
        if (chance(15)) {
            rule.append(" -m comment --comment ")
                    .append(pick(
                            "plain",
                            "\"dpt:10250\"",
                            "\"a */ ctstate ESTABLISHED /* b\"",
                            "\"-j DROP\"",
                            "\"say \\\"hi\\\" \\\\ */ tcp dpt:22\"",
                            "\"[goto]  tcp dpt:10250\"",
                            "-j",
                            "\"/* tcp dpt:1\""));
        }
    }

    /** What conntrack knows of the connection, together with its state or alone. */
    private void connection(StringBuilder rule) {
        String port = inbound ? "10250" : "9000";
        rule.append(" -m conntrack");
        if (chance(30)) {
            rule.append(not(20))
                    .append(pick(" --ctstate NEW", " --ctstate UNTRACKED,ESTABLISHED", " --ctstate INVALID,NEW"));
        }
        if (chance(30)) {
            rule.append(pick(" --ctdir ORIGINAL", " --ctdir REPLY"));
        }
        rule.append(not(30))
                .append(pick(
                        " --ctproto 6",
                        " --ctproto 17",
                        " --ctorigsrc " + address(),
                        " --ctorigsrc " + address(),
                        " --ctorigdst 10.77.0.1",
                        " --ctorigdst 10.77.1.0/24",
                        " --ctreplsrc 10.77.0.0/24",
                        " --ctreplsrc 10.77.1.1",
                        " --ctrepldst " + address(),
                        " --ctorigsrcport 1024:65535",
                        " --ctorigdstport " + port,
                        " --ctorigdstport 1:9999",
                        " --ctreplsrcport " + port,
                        " --ctrepldstport 0:1023",
                        " --ctstatus NONE",
                        " --ctstatus EXPECTED",
                        " --ctstatus SEEN_REPLY",
                        " --ctstatus ASSURED",
                        " --ctstatus CONFIRMED",
                        " --ctstatus SEEN_REPLY,ASSURED"));
    }

    private void target(
            StringBuilder rule, String table, String chain, List<String> deeper, boolean tcp, boolean base) {
        boolean filter = table.equals("filter");
        int what = random.nextInt(100);
        if (what < 26 && !deeper.isEmpty()) {
            rule.append(chance(25) ? " -g " : " -j ").append(deeper.get(random.nextInt(deeper.size())));
        } else if (what < 48) {
            rule.append(" -j ACCEPT");
        } else if (what < 66) {
            rule.append(" -j DROP");
        } else if (what < 76 && filter) {
            rule.append(" -j REJECT --reject-with ")
                    .append(
                            tcp && chance(50)
                                    ? "tcp-reset"
                                    : pick(
                                            "icmp-port-unreachable",
                                            "icmp-host-prohibited",
                                            "icmp-net-unreachable",
                                            "icmp-admin-prohibited"));
        } else if (what < 84 && !base) {
            rule.append(" -j RETURN");
        } else if (what < 88) {
            rule.append(" -j LOG --log-prefix \"DROP tcp dpt:10250 \"");
        } else if (what < 94 && (table.equals("mangle") || filter)) {
            rule.append(" -j MARK --set-xmark ")
                    .append(pick("0x8000/0x8000", "0x1/0xffffffff", "0x1/0x0", "0x0/0xf000"));
        } else if (what < 97 && table.equals("raw")) {
            rule.append(" -j CT --notrack");
        }
    }

    private String address() {
        return pick(
                "10.77.1.1",
                "10.77.1.0/24",
                "10.77.0.0/16",
                "10.0.0.0/8",
                "192.168.9.9",
                "172.16.0.0/12",
                "10.77.1.2/31",
                "10.77.0.1/255.255.0.255",
                "10.77.0.2",
                "127.0.0.0/8",
                "10.77.200.7",
                "128.0.0.0/1");
    }

    private String not(int percent) {
        return chance(percent) ? " !" : "";
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
