package tunneldoctor.parse;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Connection;
import tunneldoctor.model.Match.Connection.End;
import tunneldoctor.model.Match.Connection.Trait;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;

/** The options of {@code -m conntrack} beside the state, as both forms of iptables output name them. */
final class ConnectionWords {
    private static final Set<String> STATUS = Set.of("EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED");

    private static final Set<String> OPTIONS = Set.of(
            "ctproto",
            "ctorigsrc",
            "ctorigdst",
            "ctreplsrc",
            "ctrepldst",
            "ctorigsrcport",
            "ctorigdstport",
            "ctreplsrcport",
            "ctrepldstport",
            "ctstatus",
            "ctexpire",
            "ctdir");

    private ConnectionWords() {}

    /** Whether a word is one of these options, without its dashes. */
    static boolean isOption(String word) {
        return OPTIONS.contains(word);
    }

    /** As {@link #isOption(String)}, of the word a line goes on with. */
    static boolean isOption(LineWords words) {
        return words.startsWith("ct") && isOption(words.word());
    }

    /**
     * What an option and its one value ask.
     *
     * @param option without dashes
     * @param untracked as {@link Connection#untracked}
     */
    static Match read(String option, String value, boolean negated, Optional<Boolean> untracked) {
        String words = (negated ? "! " : "") + option + " " + value;
        Optional<Trait> trait = switch (option) {
            case "ctdir" -> direction(value);
            case "ctproto" -> IptablesWords.protocol(value).map(Connection.Protocol::new);
            case "ctstatus" -> status(value);
            case "ctexpire" -> Optional.empty();
            default ->
                option.endsWith("port")
                        ? IptablesWords.ports(value).map(ports -> new Connection.Ports(end(option), ports))
                        : addresses(option, value);
        };
        return trait.<Match>map(asked -> new Connection(words, asked, negated, untracked))
                .orElseGet(() -> new Opaque(words, reason(option, value)));
    }

    /** {@code ctorigsrc}, {@code ctorigsrcport}, … */
    private static End end(String option) {
        return End.of(option.startsWith("ctorig"), option.contains("src"));
    }

    private static Optional<Trait> direction(String value) {
        return switch (value) {
            case "ORIGINAL" -> Optional.of(new Connection.Direction(true));
            case "REPLY" -> Optional.of(new Connection.Direction(false));
            default -> Optional.empty();
        };
    }

    private static Optional<Trait> status(String list) {
        Set<String> names = new HashSet<>();
        for (String name : list.split(",", -1)) {
            // iptables says NONE where no bit is asked for, and then none of them is met.
            if (STATUS.contains(name)) {
                names.add(name);
            } else if (!name.equals("NONE")) {
                return Optional.empty();
            }
        }
        return Optional.of(new Connection.Status(names));
    }

    private static Optional<Trait> addresses(String option, String value) {
        return AddressSet.parse(value).map(addresses -> new Connection.Addresses(end(option), addresses));
    }

    private static Reason reason(String option, String value) {
        if (option.equals("ctexpire")) {
            return Reason.VARIES;
        }
        boolean byName = !option.equals("ctdir") && !option.equals("ctstatus");
        return byName && value.chars().anyMatch(Character::isLetter) ? Reason.NAMED : Reason.NOT_UNDERSTOOD;
    }
}
