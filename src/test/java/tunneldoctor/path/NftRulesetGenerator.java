package tunneldoctor.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tunneldoctor.model.Direction;

/**
 * Makes rulesets as {@code nft -f} reads them: tables of several families, base chains of several priorities at every
 * hook, sets, maps and concatenations; the same for the same seed.
 */
final class NftRulesetGenerator {
    private static final List<String> CHAINS = List.of("allow-kubelet", "ACCEPT", "cali_input", "guard.v2", "X");

    private final Random random;
    private final boolean inbound;

    /** What the table being made has to name. */
    private boolean ip;

    private boolean dynamicSet;
    private int rules;

    /** @param direction of the connections most rules are about */
    NftRulesetGenerator(long seed, Direction direction) {
        random = new Random(seed);
        inbound = direction == Direction.INBOUND;
    }

    String next() {
        StringBuilder text = new StringBuilder();
        int tables = 1 + random.nextInt(3);
        for (int i = 0; i < tables; i++) {
            table(text, chance(60) ? "inet" : "ip", "t" + i, i == 0);
        }
        if (chance(15)) {
            // Six to one that it is for other packets altogether.
            text.append(
                    "table ip6 six {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n");
        }
        if (chance(12)) {
            netdev(text);
        }
        return text.toString();
    }

    private void netdev(StringBuilder text) {
        String hook = chance(60) ? "ingress" : "egress";
        text.append("table netdev early {\n\tchain c {\n\t\ttype filter hook ")
                .append(hook)
                .append(" device \"")
                .append(pick("eth0", "eth0", "lo"))
                .append("\" priority ")
                .append(pick("0", "-500", "10"))
                .append("; policy ")
                .append(chance(85) ? "accept" : "drop")
                .append(";\n");
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            text.append("\t\t")
                    .append(pick(
                            "ip saddr 10.77.1.0/24 drop",
                            "ip protocol tcp tcp dport 10250 ip saddr 172.16.0.0/12 drop",
                            "meta protocol ip accept",
                            "ether type arp accept",
                            "ip saddr 192.168.9.9 counter accept",
                            "ct state established accept",
                            "meta protocol ip6 drop",
                            "ip daddr 10.77.2.1 drop"))
                    .append('\n');
        }
        text.append("\t}\n}\n");
    }

    private void table(StringBuilder text, String family, String name, boolean main) {
        ip = family.equals("ip");
        dynamicSet = chance(10);
        text.append("table ").append(family).append(' ').append(name).append(" {\n");
        List<String> chains = new ArrayList<>();
        for (String chain : CHAINS) {
            if (chance(40)) {
                chains.add(chain);
            }
        }
        sets(text, chains);
        // A chain must be declared before a rule or map that names it.
        for (int i = chains.size() - 1; i >= 0; i--) {
            List<String> deeper = chains.subList(i + 1, chains.size());
            text.append("\tchain ").append(chains.get(i)).append(" {\n");
            rules(text, random.nextInt(5), chance(50), deeper, "any");
            text.append("\t}\n");
        }
        String way = inbound ? "input" : "output";
        String wayBack = inbound ? "output" : "input";
        if (main || chance(60)) {
            base(text, way, chance(25) ? "drop" : "accept", 1 + random.nextInt(6), chains);
        }
        if (chance(25)) {
            base(text, way, "accept", random.nextInt(4), chains);
        }
        if (chance(20)) {
            base(text, wayBack, chance(6) ? "drop" : "accept", random.nextInt(3), chains);
        }
        if (chance(25)) {
            base(text, inbound ? "prerouting" : "postrouting", "accept", random.nextInt(3), chains);
        }
        if (chance(12)) {
            base(text, inbound ? "postrouting" : "prerouting", "accept", random.nextInt(3), chains);
        }
        if (chance(10)) {
            base(text, "forward", "drop", 0, chains);
        }
        if (chance(8)) {
            nat(text);
        }
        text.append("}\n");
    }

    private void sets(StringBuilder text, List<String> chains) {
        text.append("\tset agents {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { ")
                .append(pick(
                        "10.77.1.0/24, 172.20.5.5",
                        "10.77.1.1-10.77.2.1, 10.88.0.0/16, 192.168.9.9",
                        "10.77.0.0/16",
                        "10.77.0.2, 10.77.200.7"))
                .append(" }\n\t}\n");
        text.append(
                        "\tset ports {\n\t\ttype inet_service\n\t\tflags interval\n\t\tcomment \"a } b\"\n\t\telements = { ")
                .append(pick("22, 10000-20000", "22, 9000, 10250", "1194, 9000-9010", "443"))
                .append(" }\n\t}\n");
        text.append("\tset empty {\n\t\ttype ipv4_addr\n\t}\n");
        text.append("\tset counted {\n\t\ttype ipv4_addr\n\t\tcounter\n\t\telements = { ")
                .append(
                        "10.77.1.1 counter packets 0 bytes 0 comment \"tcp dport 1, } drop\", 10.77.0.1, 10.77.2.1 }\n\t}\n");
        text.append(
                        "\tset pairs {\n\t\ttype ipv4_addr . inet_proto . inet_service\n\t\tflags interval\n\t\telements = { ")
                .append("10.77.1.0/24 . tcp . 10250, 10.77.2.1 . tcp . 10000-20000, 10.77.200.7 . udp . 1194,")
                .append(" 192.168.9.9 . tcp . 9000 }\n\t}\n");
        text.append("\tmap verdicts {\n\t\ttype ipv4_addr : verdict\n\t\tflags interval\n\t\telements = { ")
                .append("10.77.1.1 : accept, 172.20.0.0/16 : drop, 10.77.200.7 : ")
                .append(pick("continue", "return", "accept"))
                .append(", 192.168.9.9 : drop }\n\t}\n");
        if (dynamicSet) {
            text.append(
                    "\tset seen {\n\t\ttype ipv4_addr\n\t\tsize 1000\n\t\tflags dynamic,timeout\n\t\ttimeout 1h\n\t}\n");
        }
    }

    private void base(StringBuilder text, String hook, String policy, int count, List<String> chains) {
        text.append("\tchain base")
                .append(rules++)
                .append(" {\n\t\ttype filter hook ")
                .append(hook)
                .append(" priority ")
                .append(pick(
                        "filter", "filter", "filter", "filter - 10", "filter + 10", "security", "mangle", "raw", "0"))
                .append("; policy ")
                .append(policy)
                .append(";\n");
        boolean replies =
                hook.equals(inbound ? "output" : "input") || hook.equals(inbound ? "postrouting" : "prerouting");
        rules(text, count, replies, chains, hook);
        text.append("\t}\n");
    }

    private void nat(StringBuilder text) {
        text.append("\tchain nat")
                .append(rules++)
                .append(" {\n\t\ttype nat hook ")
                .append(pick(
                        "prerouting priority dstnat",
                        "postrouting priority srcnat",
                        "output priority -100",
                        "input priority 100"))
                .append("; policy accept;\n");
        if (chance(60)) {
            text.append("\t\t")
                    .append(pick(
                            "ip daddr 10.0.0.1 tcp dport 443 drop",
                            "ip saddr 10.77.1.1 drop",
                            "ip daddr 10.77.1.1 drop",
                            "ip saddr 172.20.5.5 return"))
                    .append('\n');
        }
        text.append("\t}\n");
    }

    private void rules(StringBuilder text, int count, boolean replies, List<String> deeper, String hook) {
        for (int i = 0; i < count; i++) {
            text.append("\t\t").append(rule(replies, deeper, hook)).append('\n');
        }
    }

    private String rule(boolean replies, List<String> deeper, String hook) {
        StringBuilder rule = new StringBuilder();
        boolean tcp = false;
        if (chance(30)) {
            rule.append(addresses());
        }
        if (chance(8)) {
            rule.append(pick(
                    "meta nfproto ipv4 ",
                    "meta nfproto ipv6 ",
                    "meta protocol ip ",
                    "ip6 saddr fd00::/8 ",
                    "ip version 4 "));
        }
        if (chance(25)) {
            rule.append(devices(hook));
        }
        if (chance(60)) {
            String ports = ports(replies);
            tcp = ports.startsWith("tcp ");
            rule.append(ports);
        }
        if (chance(25)) {
            rule.append(states());
        }
        if (chance(8)) {
            rule.append(pick(
                    "meta mark 0x1 ",
                    "meta mark != 0x1 ",
                    "meta mark & 0x8000 == 0x8000 ",
                    "meta mark & 0x8000 != 0x8000 ",
                    "meta mark { 0x0, 0x2 } ",
                    "meta mark & 0xff == 0x0 "));
        }
        if (chance(6)) {
            rule.append(
                    pick("fib daddr type local ", "fib saddr type != local ", "fib daddr type { local, broadcast } "));
        }
        if (chance(4)) {
            rule.append(pick("ip frag-off & 0x1fff != 0 ", "ip frag-off & 0x1fff == 0 "));
        }
        if (chance(5)) {
            rule.append(pick(
                    "limit rate 1/minute burst 1 packets ",
                    "limit rate over 1/minute burst 1 packets ",
                    "ip ttl > 5 ",
                    "ip length < 70 ",
                    "meta pkttype host ",
                    "numgen random mod 2 0 ",
                    "quota over 10 mbytes ",
                    "meta hour \"08:00\"-\"18:00\" ",
                    "ct count over 30 ",
                    "ether saddr 02:00:00:00:00:01 "));
            if (hook.equals("output") || hook.equals("postrouting")) {
                rule.append(chance(30) ? "meta skuid 1000 " : "");
            }
        }
        if (chance(8)) {
            connection(rule);
        }
        if (dynamicSet && chance(25)) {
            rule.append(pick(
                    "ip saddr @seen ",
                    "add @seen { ip saddr } ",
                    "update @seen { ip saddr limit rate over 1/minute } "));
        }
        // A mark asked for and then changed is beyond what one rule of the model can say, and stays open.
        boolean marked = rule.indexOf("mark") >= 0;
        effects(rule, tcp, rule.indexOf("mark {") >= 0 ? List.of() : deeper, hook, !marked);
        return rule.toString();
    }

    private String addresses() {
        String side = pick("ip saddr ", "ip saddr ", "ip saddr ", "ip daddr ");
        return switch (random.nextInt(10)) {
            case 0 -> side + pick("", "", "!= ") + "@agents ";
            case 1 -> side + pick("", "", "!= ") + "@counted ";
            case 2 -> side + pick("", "!= ") + "@empty ";
            case 3 -> side + pick("", "!= ") + "{ 10.77.1.1, 10.77.2.0-10.77.200.255 } ";
            case 4 -> side + "& 255.255.0.255 == 10.77.0.1 ";
            case 5 -> side + pick("", "!= ") + "10.77.1.2-10.77.2.1 ";
            default -> side + pick("", "", "!= ") + address() + " ";
        };
    }

    private String address() {
        return pick(
                "10.77.1.1",
                "10.77.1.0/24",
                "10.77.0.0/16",
                "10.0.0.0/8",
                "192.168.9.9",
                "172.16.0.0/12",
                "10.77.0.1",
                "10.77.0.2",
                "127.0.0.0/8",
                "10.77.200.7",
                "128.0.0.0/1");
    }

    private String devices(String hook) {
        boolean in = hook.equals("input") || hook.equals("prerouting");
        boolean out = hook.equals("output") || hook.equals("postrouting");
        String key =
                in ? pick("iifname", "iif") : out ? pick("oifname", "oif") : pick("iifname", "oifname", "iif", "oif");
        boolean name = key.endsWith("name");
        if (!name) {
            return key + pick("", " !=") + pick(" lo ", " eth0 ");
        }
        return key
                + pick("", "", " !=")
                + pick(" \"eth0\" ", " \"lo\" ", " \"eth*\" ", " { \"lo\", \"eth0\" } ", " \"ens5\" ", " \"eth\" ");
    }

    private String ports(boolean replies) {
        String service = replies ? "sport " : "dport ";
        String port = inbound ? "10250" : "9000";
        boolean udp = chance(inbound ? 10 : 30);
        String protocol = udp ? "udp " : "tcp ";
        if (udp && !inbound) {
            port = "1194";
        }
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> protocol + service + port + " ";
            case 3 -> protocol + service + pick("", "!= ") + "{ 22, " + port + " } ";
            case 4 -> protocol + service + pick("", "!= ") + "@ports ";
            case 5 -> protocol + service + pick("", "!= ") + pick("1000-20000", "22", "0-1023", port) + " ";
            case 6 -> "meta l4proto " + pick("tcp ", "{ tcp, udp } ", "!= tcp ", "!= { udp, icmp } ", "6 ", "icmp ");
            case 7 -> "meta l4proto { tcp, udp } th " + service + pick("", "!= ") + port + " ";
            case 8 -> (ip ? "ip protocol " : "meta l4proto ") + pick("tcp ", "!= udp ", "47 ");
            case 9 ->
                "ip " + pick("saddr", "daddr") + " . meta l4proto . th " + service
                        + pick("@pairs ", "@pairs ", "!= @pairs ");
            case 10 ->
                "ip saddr . tcp " + service + "{ 10.77.1.1 . " + port + ", 10.77.2.0/24 . 1-65535, 10.77.0.1 . " + port
                        + " } ";
            case 11 ->
                pick(
                        "tcp flags syn ",
                        "tcp flags == syn ",
                        "tcp flags != syn ",
                        "tcp flags & (fin | syn | rst | ack) == syn ",
                        "tcp flags & (fin | syn | rst | ack) != syn ",
                        "tcp flags & (syn | ack) == (syn | ack) ",
                        "tcp flags ! fin,rst ",
                        "tcp flags { syn, ack } ",
                        "tcp flags & (syn | rst) == 0x0 ",
                        "tcp flags syn,ack ");
            case 12 ->
                pick(
                        "icmp type echo-request ",
                        "icmp type destination-unreachable ",
                        "icmp type { 3, 8 } ",
                        "icmp code host-prohibited ",
                        "icmpv6 type echo-request ",
                        "icmp type != 3 ");
            case 13 ->
                protocol + (replies ? "dport " : "sport ") + pick("1024-65535 ", "22 ", "40000-50000 ", "!= 22 ");
            default -> protocol + service + pick("10000-20000", "9000-9010", port) + " ";
        };
    }

    private String states() {
        return pick(
                "ct state new ",
                "ct state established,related ",
                "ct state { established, related } ",
                "ct state != established ",
                "ct state invalid ",
                "ct state ! invalid ",
                "ct state new,untracked ",
                "ct state established ",
                "ct state != { new, invalid } ",
                "ct state untracked ");
    }

    /** What conntrack knows of the connection. */
    private void connection(StringBuilder rule) {
        String port = inbound ? "10250" : "9000";
        rule.append(pick(
                "ct original ip saddr 10.77.1.1 ",
                "ct original ip saddr != 10.77.1.0/24 ",
                "ct original ip saddr { 10.77.1.1, 10.77.1.3-10.77.2.1 } ",
                "ct original ip daddr 10.77.0.1 ",
                "ct original ip daddr != { 10.77.1.1, 10.77.1.2 } ",
                "ct reply ip saddr 10.77.1.0/24 ",
                "ct reply ip daddr 10.77.1.2 ",
                "ct direction original ",
                "ct direction reply ",
                "ct direction != original ",
                "ct protocol tcp ",
                "ct protocol != tcp ",
                "ct protocol { udp, icmp } ",
                "ct protocol tcp ct original proto-dst " + port + " ",
                "ct protocol tcp ct original proto-dst < 1024 ",
                "ct protocol tcp ct reply proto-src != " + port + " ",
                "ct protocol tcp ct reply proto-dst 0-1023 ",
                "ct protocol tcp ct original proto-src > 1023 ",
                "ct status assured ",
                "ct status seen-reply ",
                "ct status confirmed,expected ",
                "ct status ! seen-reply ",
                "ct status ! confirmed ",
                "ct mark 0x7 "));
    }

    private void effects(StringBuilder rule, boolean tcp, List<String> deeper, String hook, boolean mayMark) {
        if (chance(25)) {
            rule.append(pick(
                    "counter ",
                    "log prefix \"drop tcp dport 10250 \" ",
                    "log prefix \"} accept\" level warn flags all ",
                    "counter "));
        }
        if (mayMark && chance(8)) {
            rule.append(pick(
                    "meta mark set 0x1 ",
                    "meta mark set 0x8000 ",
                    "meta mark set mark or 0x8000 ",
                    "meta mark set mark and 0xff ",
                    "meta mark set mark xor 0x1 ",
                    "ct mark set 0x7 ",
                    "ct mark set meta mark "));
            if (chance(40)) {
                rule.append(pick("ip saddr 10.77.1.0/24 ", "meta l4proto tcp ", "ct state new "));
            }
        }
        boolean raw = hook.equals("prerouting") || hook.equals("output");
        int what = random.nextInt(100);
        if (what < 20 && !deeper.isEmpty()) {
            rule.append(chance(25) ? "goto " : "jump ").append(deeper.get(random.nextInt(deeper.size())));
        } else if (what < 40) {
            rule.append("accept");
        } else if (what < 56) {
            rule.append("drop");
        } else if (what < 66 && !hook.equals("postrouting")) {
            rule.append(reject(tcp, hook));
        } else if (what < 72) {
            rule.append("return");
        } else if (what < 74) {
            rule.append("continue");
        } else if (what < 86) {
            rule.append(map(deeper));
        } else if (what < 88 && raw) {
            rule.append("notrack");
        } else {
            rule.append("counter");
        }
        if (chance(12)) {
            rule.append(" comment \"")
                    .append(pick("tcp dport 10250 drop", "} accept", "a # handle 7", "jump X { 1 : drop }"))
                    .append('"');
        }
    }

    private String reject(boolean tcp, String hook) {
        // The kernel refuses to refuse at other hooks, and in chains it can reach from them.
        if (hook.equals("any")) {
            return "drop";
        }
        String kind =
                pick("", " with icmp host-prohibited", " with icmp port-unreachable", " with icmp net-unreachable");
        if (!ip && kind.isEmpty()) {
            kind = pick(
                    "",
                    " with icmpx admin-prohibited",
                    " with icmpx host-unreachable",
                    " with icmpv6 admin-prohibited");
        }
        return "reject" + (tcp && chance(50) ? " with tcp reset" : kind);
    }

    private String map(List<String> deeper) {
        String into = deeper.isEmpty() ? "accept" : pick("jump ", "goto ") + deeper.get(random.nextInt(deeper.size()));
        String port = inbound ? "10250" : "9000";
        return switch (random.nextInt(7)) {
            case 0 -> "ip saddr vmap @verdicts";
            case 1 -> "ct state vmap { established : accept, related : accept, invalid : drop, new : continue }";
            case 2 -> "ct state vmap { new : " + into + ", established : accept }";
            case 3 ->
                "tcp dport vmap { 22 : accept, " + port + " : " + pick("drop", "accept", into) + ", 100-200 : drop }";
            case 4 -> "meta l4proto vmap { tcp : " + into + ", udp : " + pick("drop", "accept", "return") + " }";
            case 5 ->
                "ip saddr . tcp dport vmap { 10.77.1.1 . " + port + " : drop, 10.77.2.1 . 1-65535 : " + into
                        + ", 10.77.0.1 . " + port + " : accept }";
            default -> "iifname vmap { \"lo\" : accept, \"eth0\" : " + into + " }";
        };
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
