package tunneldoctor.path;

import java.util.Optional;
import tunneldoctor.model.HostRule;

/** What mark and conntrack targets do to a packet. */
final class HostMarks {
    private static final long ALL = 0xFFFF_FFFFL;

    private HostMarks() {}

    /** The packet's state behind a MARK or CONNMARK rule that caught it. */
    static HostWalk.State after(HostRule rule, HostWalk.State state) {
        String options = rule.targetOptions();
        if (rule.target().equals("CONNMARK")) {
            // Only restoring touches the packet's own mark; a connection's mark is shown nowhere.
            return options.contains("restore") ? new HostWalk.State(0, ALL, state.untracked()) : state;
        }
        String[] words = options.strip().split("\\s+", -1);
        if (words.length != 2) {
            return new HostWalk.State(0, ALL, state.untracked());
        }
        int slash = words[1].indexOf('/');
        Optional<Long> value = number(slash < 0 ? words[1] : words[1].substring(0, slash));
        Optional<Long> mask = slash < 0 ? Optional.of(ALL) : number(words[1].substring(slash + 1));
        if (value.isEmpty() || mask.isEmpty()) {
            return new HostWalk.State(0, ALL, state.untracked());
        }
        long v = value.get();
        return switch (words[0]) {
            case "--set-xmark" -> change(state, mask.get(), v);
            case "--set-mark" -> change(state, mask.get() | v, v);
            case "--or-mark" -> change(state, v, v);
            case "--and-mark" -> change(state, ~v & ALL, 0);
            case "--xor-mark" -> change(state, 0, v);
            default -> new HostWalk.State(0, ALL, state.untracked());
        };
    }

    private static HostWalk.State change(HostWalk.State state, long cleared, long toggled) {
        long unknown = state.unknown() & ~cleared;
        return new HostWalk.State((state.mark() & ~cleared ^ toggled) & ~unknown & ALL, unknown, state.untracked());
    }

    private static Optional<Long> number(String word) {
        try {
            long value = Long.decode(word);
            return value < 0 || value > ALL ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
